using System.Data.Common;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The last step of a close, with one chunk: compares the settings with the recorded ones, checks the invariants, ranks the items and
/// publishes the run, in one transaction. On a store with a single writer the rows of the run are read before that transaction, on a
/// snapshot: they no longer change, because all earlier chunks are done, and the publishing transaction checks the fencing token again.
/// </summary>
internal sealed class PublishStep(
    IDayStore days, ILineStore lines, IRecordedRateStore rates, IRecordedSourceStore sources, SettingsReader reader,
    RankingWriter rankings, PublicationCheck check,
    AnomalyCheck anomalies, IRunStore runs, IReadOnlyList<IRunRows> stages, Settings settings, DateOnly day) : PipelineStep
{
    public override string Name => "publish";

    public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PlannedChunk>>([new PlannedChunk("publication")]);

    public override async Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken)
    {
        // The application's source is read before the transaction: it is not part of it, and may be slow.
        var fromSource = await reader.ReadRateSourceAsync(cancellationToken).ConfigureAwait(false);
        CheckResult? prefetched = null;
        if (runs.ReadsAhead)
        {
            await runs.ReadAheadAsync(
                async (snapshot, token) => prefetched = await CheckAsync(snapshot, chunk.RunId, token).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
        }

        return new ChunkResult(0, (transaction, token) => PublishAsync(transaction, chunk.RunId, prefetched, fromSource, token));
    }

    private async Task<CheckResult> CheckAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken)
    {
        var run = await check.RequireAsync(transaction, runId, cancellationToken).ConfigureAwait(false);
        var meters = run.Run.Lines.Select(l => l.Meter).Distinct(StringComparer.Ordinal).ToList();
        return new CheckResult(run, await rankings.RankAsync(transaction, runId, day, meters, cancellationToken).ConfigureAwait(false));
    }

    private async Task PublishAsync(
        DbTransaction transaction, long runId, CheckResult? prefetched, IReadOnlyList<MeterRates> fromSource,
        CancellationToken cancellationToken)
    {
        // A rate version that is approved before this lock is found below; one that is approved after it finds the day published.
        await days.LockPublicationAsync(transaction, cancellationToken).ConfigureAwait(false);

        // Settings are compared for every day within this transaction: an instance that was suspended must not publish with settings that
        // others replaced.
        var now = await reader.RequireAsync(cancellationToken, transaction, fromSource).ConfigureAwait(false);
        if (now.Merged.Fingerprint(day) != settings.Merged.Fingerprint(day))
            throw new RatesChangedException(day);
        var (found, ranks) = prefetched ?? await CheckAsync(transaction, runId, cancellationToken).ConfigureAwait(false);
        var amounts = Amounts(found.Run);
        await anomalies.RequireAsync(transaction, day, amounts, cancellationToken).ConfigureAwait(false);
        await lines.RecordTotalsAsync(transaction, Totals(found.Run), amounts, cancellationToken).ConfigureAwait(false);
        await check.RecordAsync(transaction, found, cancellationToken).ConfigureAwait(false);
        await rankings.WriteAsync(transaction, runId, ranks, cancellationToken).ConfigureAwait(false);
        await rates.RecordAsync(transaction, now.RatesToRecord(day, isStart: false), cancellationToken).ConfigureAwait(false);
        await sources.RecordAsync(transaction, settings.SourcesToRecord(day), cancellationToken).ConfigureAwait(false);
        await days.PublishAsync(transaction, day, runId, cancellationToken).ConfigureAwait(false);
        var abandoned = await runs.ListAbandonedAsync(transaction, DayCloser.PipelineName, cancellationToken)
            .ConfigureAwait(false);
        foreach (var stage in stages)
            await stage.DeleteObsoleteRowsAsync(transaction, abandoned, cancellationToken).ConfigureAwait(false);
    }

    private sealed record CheckResult(CheckedRun Run, IReadOnlyList<StoredRank> Ranks);

    private List<DayTotal> Totals(RunCheck run) =>
        [.. run.Lines.GroupBy(l => l.Meter, StringComparer.Ordinal).OrderBy(m => m.Key, Utf8Order.Instance)
            .Select(m => new DayTotal(day, m.Key, m.Sum(l => l.Lines), m.Sum(l => l.Events), m.Sum(l => l.Quantity)))];

    private List<DayAmount> Amounts(RunCheck run) =>
        [.. run.Amounts.GroupBy(a => a.Currency, StringComparer.Ordinal).OrderBy(c => c.Key, StringComparer.Ordinal)
            .Select(c => new DayAmount(day, c.Key, c.Sum(a => a.Amount)))];
}
