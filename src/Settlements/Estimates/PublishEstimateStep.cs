using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The last step of a refresh, with one chunk: replaces the estimate in one transaction, unless the settings changed or a day was published
/// since the refresh began. Otherwise the usage of that day would be counted in both, or a restatement would be included in part.
/// </summary>
internal sealed class PublishEstimateStep(
    IDayStore closed, IEstimateStore estimates, PipelineRunner runner, SettingsReader reader, Settings settings, DateRange days,
    DateTimeOffset now, long refresh) : PipelineStep
{
    public override string Name => "publish";

    public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PlannedChunk>>([new PlannedChunk("publication")]);

    public override async Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken)
    {
        // The application's source is read before the transaction: it is not part of it, and may be slow.
        var fromSource = await reader.ReadRateSourceAsync(cancellationToken).ConfigureAwait(false);

        // The run may have been started by another call. All usage that was committed before its first start has been read.
        var run = await runner.FindRunAsync(chunk.RunId, cancellationToken).ConfigureAwait(false)
            ?? throw new RunAbandonedException(chunk.RunId);
        var asOf = (now < run.StartedAt ? now : run.StartedAt).ToUniversalTime();
        return new ChunkResult(rows: 0, async (transaction, token) =>
        {
            // No day is published between the comparison and the commit.
            await closed.LockPublicationAsync(transaction, token).ConfigureAwait(false);
            var current = await reader.RequireAsync(token, transaction, fromSource).ConfigureAwait(false);
            if (Fingerprint(current, days) == Fingerprint(settings, days))
            {
                var rows = days.Each().Select((day, i) => (day, EstimateRuns.Of(chunk.RunId, i), false)).ToList();
                await estimates.PublishAsync(transaction, new StoredEstimate(refresh, chunk.RunId, asOf, rows), token)
                    .ConfigureAwait(false);
            }
            else
            {
                await estimates.SkipAsync(transaction, refresh, token).ConfigureAwait(false);
            }
        });
    }

    /// <summary>Returns everything that the rows of an estimate depend on, except its usage and its instant.</summary>
    public static string Fingerprint(Settings settings, DateRange days) => FormattableString.Invariant(
        $"{settings.LastPublished?.Day:O} {settings.LastPublished?.RunId} {settings.Fingerprint(DayCloser.FormatVersion, days.Last)}");
}
