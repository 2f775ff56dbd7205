using System.Globalization;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// How an <see cref="UsageWriter"/> gathers and commits. The defaults fit most applications. Read once, when the writer is made.
/// </summary>
public sealed class UsageWriterOptions
{
    /// <summary>
    /// The most events that are taken in and not yet sent; further callers wait. From <see cref="GroupEventsMax"/> to
    /// <see cref="EventBatch.CapacityMax"/>; default 10,000 events, at most about 10 MB with the longest ids.
    /// </summary>
    public int QueueEventsMax { get; set; } = 10_000;

    /// <summary>
    /// How long a caller waits for room in a full queue before it is told so with an <see cref="EventWriteException"/>. From 0 (not at all) to
    /// 1 hour; default 30 seconds.
    /// </summary>
    public TimeSpan QueueWaitMax { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The most events that one transaction commits, and so the most that can be written together. From 1 to
    /// 100,000; default 1,000 events. What is there is committed at once: a group never waits to fill.
    /// </summary>
    public int GroupEventsMax { get; set; } = 1_000;

    /// <summary>
    /// How many groups are committed at a time. From 1 to 16; default 2: while one waits for the disk, the other answers its callers and
    /// gathers. More gain on a server that is far away or busy (<c>docs/benchmarks.md</c>). An SQLite file has one writer anyway.
    /// </summary>
    public int Committers { get; set; } = 2;

    /// <summary>
    /// How often a group is written again after a transient error of the store, beyond the store's own retries. From 0 to 100; default 3.
    /// Writing again is safe: an id counts once.
    /// </summary>
    public int RetriesMax { get; set; } = 3;

    /// <summary>
    /// The wait before the first retry; doubled with each further one, with jitter, up to 30 times it. From 0 to 1 minute; default 100 ms.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long a writer that is disposed of goes on to commit what was taken in; what is left then is refused. From 0 to 1 hour; default 20
    /// seconds, less than the 30 that a host allows its services by default.
    /// </summary>
    public TimeSpan DrainMax { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Compares every value with its range.</summary>
    /// <returns>All errors, each with the value, the range and the option's name; empty when there are none.</returns>
    public IEnumerable<string> Validate()
    {
        if (GroupEventsMax is < 1 or > 100_000)
            yield return Text($"Writer.GroupEventsMax is {GroupEventsMax}; use 1 to 100000.");
        if (QueueEventsMax is < 1 or > EventBatch.CapacityMax)
            yield return Text($"Writer.QueueEventsMax is {QueueEventsMax}; use 1 to {EventBatch.CapacityMax}.");
        else if (QueueEventsMax < GroupEventsMax)
            yield return Text($"Writer.QueueEventsMax is {QueueEventsMax}, less than a group of {GroupEventsMax} (GroupEventsMax); use at least as many.");
        if (QueueWaitMax < TimeSpan.Zero || QueueWaitMax > TimeSpan.FromHours(1))
            yield return Text($"Writer.QueueWaitMax is {QueueWaitMax}; use 0 to 1 hour.");
        if (Committers is < 1 or > 16)
            yield return Text($"Writer.Committers is {Committers}; use 1 to 16.");
        if (RetriesMax is < 0 or > 100)
            yield return Text($"Writer.RetriesMax is {RetriesMax}; use 0 to 100.");
        if (RetryDelay < TimeSpan.Zero || RetryDelay > TimeSpan.FromMinutes(1))
            yield return Text($"Writer.RetryDelay is {RetryDelay}; use 0 to 1 minute.");
        if (DrainMax < TimeSpan.Zero || DrainMax > TimeSpan.FromHours(1))
            yield return Text($"Writer.DrainMax is {DrainMax}; use 0 to 1 hour.");
    }

    internal UsageWriterLimits ToLimits() =>
        new(QueueEventsMax, QueueWaitMax, GroupEventsMax, Committers, RetriesMax, RetryDelay, DrainMax);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Valid <see cref="UsageWriterOptions"/>, as they were when they were read.</summary>
internal sealed record UsageWriterLimits(
    int QueueEventsMax, TimeSpan QueueWaitMax, int GroupEventsMax, int Committers, int RetriesMax, TimeSpan RetryDelay, TimeSpan DrainMax);
