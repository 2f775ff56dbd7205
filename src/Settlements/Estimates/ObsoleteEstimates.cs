using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Deletes the rows of estimates that are neither current nor being refreshed, in transactions of their own. Rows of later refreshes
/// remain.
/// </summary>
internal sealed class ObsoleteEstimates(ISumStore sums, ILineStore lines, IEstimateStore estimates)
{
    /// <summary>The number of rows that one transaction deletes.</summary>
    private const int DeletedRowsMax = 50_000;

    /// <summary>
    /// Deletes the rows of earlier refreshes that failed, were cancelled or crashed, so that those of at most one remain: of the runs of a
    /// refresh all but the last one are abandoned and write nothing more.
    /// </summary>
    /// <param name="runId">The run that starts. The current estimate is older.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task DeleteBeforeStartAsync(long runId, CancellationToken cancellationToken)
    {
        var current = (await estimates.FindAsync(cancellationToken).ConfigureAwait(false))?.RunId ?? 0;
        await DeleteSumsAsync(EstimateRuns.FirstBefore(runId), cancellationToken).ConfigureAwait(false);
        await DeleteLinesAsync(EstimateRuns.FirstBefore(runId), EstimateRuns.LastAfter(current), cancellationToken).ConfigureAwait(false);
        if (current > 0)
            await DeleteLinesAsync(EstimateRuns.FirstBefore(current), -1, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Deletes the rows of earlier refreshes, and the sums of a complete one. When the process ends in between, the next refresh deletes
    /// the rest.
    /// </summary>
    /// <param name="runId">The run of the current estimate.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task DeleteAfterPublicationAsync(long runId, CancellationToken cancellationToken)
    {
        await DeleteSumsAsync(EstimateRuns.FirstBefore(runId + 1), cancellationToken).ConfigureAwait(false);
        await DeleteLinesAsync(EstimateRuns.FirstBefore(runId), -1, cancellationToken).ConfigureAwait(false);
    }

    private async Task DeleteSumsAsync(long first, CancellationToken cancellationToken)
    {
        while (await sums.DeleteEstimatesAsync(first, DeletedRowsMax, cancellationToken).ConfigureAwait(false))
        {
        }
    }

    private async Task DeleteLinesAsync(long first, long last, CancellationToken cancellationToken)
    {
        while (await lines.DeleteEstimatesAsync(first, last, DeletedRowsMax, cancellationToken).ConfigureAwait(false))
        {
        }
    }
}
