using System.Globalization;
using Settlements;
using Settlements.Pipelines;

namespace Settlement.SampleHost.DemoData;

/// <summary>
/// Imports the bundled file, one day per chunk. An interrupted import resumes with the incomplete day; event ids are deterministic, so a
/// partially loaded day is not counted twice.
/// </summary>
internal sealed class ImportDemoStep(UsageLoader loader, BusinessCalendar calendar, DemoDays days) : PipelineStep
{
    private static readonly UsageLoadOptions Options = new() { ChunkRows = 10_000 };

    private readonly Lazy<IReadOnlyDictionary<DateOnly, List<UsageEvent>>> _days =
        new(() => DemoEvents.ByDay(TrendingFile.Read(days), calendar));

    public override string Name => "import";

    public static Pipeline Pipeline(SettlementEngine engine, BusinessCalendar calendar, DemoDays days) => new(
        "import-sample", TrendingFile.Name, $"{DemoEvents.Version} {calendar}{(days.ShiftDays == 0 ? "" : $" +{days.ShiftDays}")}",
        [new ImportDemoStep(engine.Events, calendar, days)]);

    public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PlannedChunk>>(
            [.. _days.Value.Select(d => new PlannedChunk(d.Key.ToString("O", CultureInfo.InvariantCulture)))]);

    public override async Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken)
    {
        var day = DateOnly.ParseExact(chunk.Bounds, "O", CultureInfo.InvariantCulture);
        var report = await loader.LoadAsync(_days.Value[day].ToAsyncEnumerable(), Options, progress: null, cancellationToken);

        // The loader has already stored the events, so the transaction of the checkpoint writes nothing else.
        return new ChunkResult(report.Sent, (_, _) => Task.CompletedTask);
    }
}
