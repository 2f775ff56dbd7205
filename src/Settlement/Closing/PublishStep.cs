using Settlement.BusinessDays;
using Settlement.Calendars;
using Settlement.Pipelines;
using Settlement.Lines;
using Settlement.Rankings;

namespace Settlement.Closing;

/// <summary>Last step of a close, one chunk: checks what has to hold, ranks the items and names the run whose rows count, in one transaction.</summary>
internal sealed class PublishStep(
    IDayStore days, IPricedLineStore lines, IRankingStore rankings, PublicationCheck check, SettlementOptions options, BusinessCalendar calendar,
    DateOnly day)
    : PipelineStep
{
    public override string Name => "publish";

    public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PlannedChunk>>([new PlannedChunk("publication", 0)]);

    public override Task<ChunkResult> ProcessAsync(Chunk chunk, CancellationToken cancellationToken) =>
        Task.FromResult(new ChunkResult(0, async (transaction, token) =>
        {
            await check.RequireAsync(transaction, chunk.RunId, token).ConfigureAwait(false);
            await lines.TakeBackAsync(transaction, day, chunk.RunId, token).ConfigureAwait(false);
            await rankings.WriteAsync(
                transaction, chunk.RunId, day, calendar.PeriodOf(day, CalendarPeriod.Week), calendar.PeriodOf(day, CalendarPeriod.Month),
                options.RankingSize, token).ConfigureAwait(false);
            await lines.RecordRatesAsync(transaction, options.RatesInForce(day), token).ConfigureAwait(false);
            await days.PublishAsync(transaction, day, chunk.RunId, token).ConfigureAwait(false);
            await days.SweepAsync(transaction, token).ConfigureAwait(false);
        }));
}
