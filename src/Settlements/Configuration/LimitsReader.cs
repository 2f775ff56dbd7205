namespace Settlements;

/// <summary>
/// Reads limits and settings of stages. Each is a separate section, so that a value out of range is reported at its path.
/// </summary>
internal static class LimitsReader
{
    public static void Read(FileObject root, FileContent content)
    {
        using (var limits = root.Find("limits")?.Object("limits"))
        {
            Duration(limits, content, "aheadMax", (o, value) => o.AheadMax = value);
            Duration(limits, content, "grace", (o, value) => o.Grace = value);
            Int32(limits, content, "emptyDaysAtStartMax", (o, value) => o.EmptyDaysAtStartMax = value);
            Int32(limits, content, "chunkRowsMax", (o, value) => o.ChunkRowsMax = value);
            Int32(limits, content, "partialsPerItemRange", (o, value) => o.PartialsPerItemRange = value);
            Int32(limits, content, "rankingSize", (o, value) => o.RankingSize = value);
        }

        using (var pipeline = root.Find("pipeline")?.Object("pipeline"))
        {
            Int32(pipeline, content, "workers", (o, value) => o.Pipeline.Workers = value);
            Duration(pipeline, content, "leaseDuration", (o, value) => o.Pipeline.LeaseDuration = value);
            Int32(pipeline, content, "retriesMax", (o, value) => o.Pipeline.RetriesMax = value);
            Duration(pipeline, content, "retryDelay", (o, value) => o.Pipeline.RetryDelay = value);
        }

        using (var corrections = root.Find("corrections")?.Object("corrections"))
        {
            Add(corrections?.Find("secondPerson"), content, value => value.Boolean(), (o, value) => o.Corrections.SecondPerson = value);
            Add(corrections?.Find("varianceMax"), content, value => value.Number(), (o, value) => o.Corrections.VarianceMax = value);
            Add(
                corrections?.Find("anomalyPercentMax"), content, value => value.Number(),
                (o, value) => o.Corrections.AnomalyPercentMax = value);
            Add(corrections?.Find("requireTrial"), content, value => value.Boolean(), (o, value) => o.Corrections.RequireTrial = value);
        }

        using (var estimates = root.Find("estimates")?.Object("estimates"))
        {
            Int32(estimates, content, "daysMax", (o, value) => o.Estimates.DaysMax = value);
            Duration(estimates, content, "waitMax", (o, value) => o.Estimates.WaitMax = value);
        }

        using (var writer = root.Find("writer")?.Object("writer"))
        {
            Int32(writer, content, "queueEventsMax", (o, value) => o.Writer.QueueEventsMax = value);
            Duration(writer, content, "queueWaitMax", (o, value) => o.Writer.QueueWaitMax = value);
            Int32(writer, content, "groupEventsMax", (o, value) => o.Writer.GroupEventsMax = value);
            Int32(writer, content, "committers", (o, value) => o.Writer.Committers = value);
            Int32(writer, content, "retriesMax", (o, value) => o.Writer.RetriesMax = value);
            Duration(writer, content, "retryDelay", (o, value) => o.Writer.RetryDelay = value);
            Duration(writer, content, "drainMax", (o, value) => o.Writer.DrainMax = value);
        }
    }

    private static void Int32(FileObject? owner, FileContent content, string property, Action<SettlementOptions, int> set) =>
        Add(owner?.Find(property), content, value => value.Int32(), set);

    private static void Duration(FileObject? owner, FileContent content, string property, Action<SettlementOptions, TimeSpan> set) =>
        Add(owner?.Find(property), content, value => value.Duration(), set);

    private static void Add<T>(FileValue? value, FileContent content, Func<FileValue, T?> read, Action<SettlementOptions, T> set)
        where T : struct
    {
        if (value is { } present && read(present) is { } parsed)
            content.Add(present.Path, builder => builder.Configure(options => set(options, parsed)));
    }
}
