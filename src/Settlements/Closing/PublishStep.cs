using System.Data.Common;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Last step of a close, one chunk: compares what the run depends on with what is recorded, checks the invariants, ranks the items and names the run
/// whose rows count, in one transaction. Where a transaction that writes has the whole database for itself, the rows of the run are gone through
/// before it, on a snapshot: nobody writes them any more, since all chunks before this one are done, and the claim of this one is checked again.
/// </summary>
internal sealed class PublishStep(
    IDayStore days, ILineStore lines, IRecordedRateStore rates, IRecordedSourceStore sources, SettingsReader reader, RankingWriter rankings, PublicationCheck check,
    AnomalyCheck gate, IRunStore runs, IReadOnlyList<IRunRows> stages, Settings settings, DateOnly day) : PipelineStep
{
    public override string Name => "publish";

    public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PlannedChunk>>([new PlannedChunk("publication")]);

    public override async Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken)
    {
        Findings? ahead = null;
        if (runs.ReadsAhead)
            await runs.ReadAheadAsync(async (snapshot, token) => ahead = await FindAsync(snapshot, chunk.RunId, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return new ChunkResult(0, (transaction, token) => PublishAsync(transaction, chunk.RunId, ahead, token));
    }

    private async Task<Findings> FindAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken)
    {
        var run = await check.RequireAsync(transaction, runId, cancellationToken).ConfigureAwait(false);
        var meters = run.Run.Lines.Select(l => l.Meter).Distinct(StringComparer.Ordinal).ToList();
        return new Findings(run, await rankings.RankAsync(transaction, runId, day, meters, cancellationToken).ConfigureAwait(false));
    }

    private async Task PublishAsync(DbTransaction transaction, long runId, Findings? ahead, CancellationToken cancellationToken)
    {
        // Settings are compared for every day, here: an instance that slept meanwhile must not publish what others priced otherwise.
        await reader.RequireAsync(cancellationToken, transaction).ConfigureAwait(false);
        var (found, ranks) = ahead ?? await FindAsync(transaction, runId, cancellationToken).ConfigureAwait(false);
        var amounts = Amounts(found.Run);
        await gate.RequireAsync(transaction, day, amounts, cancellationToken).ConfigureAwait(false);
        await lines.RecordTotalsAsync(transaction, Totals(found.Run), amounts, cancellationToken).ConfigureAwait(false);
        await check.RecordAsync(transaction, found, cancellationToken).ConfigureAwait(false);
        await rankings.WriteAsync(transaction, runId, ranks, cancellationToken).ConfigureAwait(false);
        await rates.RecordAsync(transaction, settings.RatesToRecord(day), cancellationToken).ConfigureAwait(false);
        await sources.RecordAsync(transaction, settings.SourcesToRecord(day), cancellationToken).ConfigureAwait(false);
        await days.PublishAsync(transaction, day, runId, cancellationToken).ConfigureAwait(false);
        var abandoned = await runs.ListAbandonedAsync(transaction, cancellationToken).ConfigureAwait(false);
        foreach (var stage in stages)
            await stage.DeleteObsoleteRowsAsync(transaction, abandoned, cancellationToken).ConfigureAwait(false);
    }

    private sealed record Findings(CheckedRun Run, IReadOnlyList<StoredRank> Ranks);

    private List<DayTotal> Totals(RunCheck run) =>
        [.. run.Lines.GroupBy(l => l.Meter, StringComparer.Ordinal).OrderBy(m => m.Key, Utf8Order.Instance)
            .Select(m => new DayTotal(day, m.Key, m.Sum(l => l.Lines), m.Sum(l => l.Events), m.Sum(l => l.Quantity)))];

    private List<DayAmount> Amounts(RunCheck run) =>
        [.. run.Amounts.GroupBy(a => a.Currency, StringComparer.Ordinal).OrderBy(c => c.Key, StringComparer.Ordinal)
            .Select(c => new DayAmount(day, c.Key, c.Sum(a => a.Amount)))];
}
