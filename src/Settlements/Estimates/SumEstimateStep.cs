using System.Globalization;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The first step of a refresh: the first step of a close, for each open day. Before it is planned, the rows of earlier refreshes that did
/// not complete are deleted.
/// </summary>
/// <param name="days">The step of each open day.</param>
/// <param name="obsolete">The rows of earlier refreshes.</param>
internal sealed class SumEstimateStep(IReadOnlyList<SumEventsStep> days, ObsoleteEstimates obsolete) : PipelineStep
{
    public override string Name => "sum events";

    public override async Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken)
    {
        await obsolete.DeleteBeforeStartAsync(runId, cancellationToken).ConfigureAwait(false);
        await UsageSources.ValidateAsync(days.SelectMany(d => d.Sources), cancellationToken).ConfigureAwait(false);
        var chunks = new List<PlannedChunk>();
        for (var day = 0; day < days.Count; day++)
        {
            var number = day.ToString(CultureInfo.InvariantCulture);
            chunks.AddRange((await days[day].PlanValidatedAsync(cancellationToken).ConfigureAwait(false))
                .Select(chunk => new PlannedChunk($"{number} {chunk.Bounds}")));
        }

        return chunks;
    }

    public override Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken)
    {
        var cut = chunk.Bounds.IndexOf(' ', StringComparison.Ordinal);
        var day = int.Parse(chunk.Bounds.AsSpan(0, cut), NumberStyles.None, CultureInfo.InvariantCulture);
        return days[day].ProcessAsync(
            new PipelineChunk(EstimateRuns.Of(chunk.RunId, day), chunk.Step, chunk.Number, chunk.Bounds[(cut + 1)..]), cancellationToken);
    }
}
