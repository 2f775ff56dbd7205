using System.Data.Common;
using System.Globalization;
using System.Text;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Posts an exclusion or a reinstatement, one usage date in each chunk, as events of the opposite quantity at the original instants.
/// </summary>
internal sealed class ExclusionStep(
    IEventStore events, IExclusionStore exclusions, IProposalStore proposals, Proposal proposal, RecordedCalendar calendar,
    IReadOnlyList<DateOnly> days,
    Func<DateOnly, CancellationToken, Task<MatchedUsage>> find) : PipelineStep
{
    private const int EventsPerBatch = 10_000;

    private readonly bool _isReinstatement = proposal.Kind == ProposalKind.Reinstatement;

    public override string Name => "post events";

    public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PlannedChunk>>([.. days
            .Select(d => new PlannedChunk(d.ToString("O", CultureInfo.InvariantCulture)))]);

    public override async Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken)
    {
        var parts = await find(DateOnly.ParseExact(chunk.Bounds, "O", CultureInfo.InvariantCulture), cancellationToken)
            .ConfigureAwait(false);
        return new ChunkResult(parts.Events.Count + parts.Sums.Count, (transaction, token) => PostAsync(transaction, parts, token));
    }

    private async Task PostAsync(DbTransaction transaction, MatchedUsage parts, CancellationToken cancellationToken)
    {
        // Locks the proposal until the commit, so that a concurrent withdrawal takes effect after this date.
        if (!await proposals.MoveAsync(transaction, proposal.ProposalId, ProposalState.Approved, ProposalState.Approved, cancellationToken)
                .ConfigureAwait(false))
        {
            throw new CorrectionRefusedException(FormattableString.Invariant(
                $"{Approval.Name(proposal)} was withdrawn while it was being posted: usage of {parts.UsageDate:O} and later dates is not ")
                + "changed. To change it, propose it again.");
        }

        foreach (var some in parts.Events.Chunk(EventsPerBatch))
        {
            var batch = new EventBatch(some.Length);
            foreach (var one in some)
                Add(batch, Id(one.EventId), UnixMicroseconds.From(one.OccurredAt), one.Meter, one.ItemId, one.PayeeId, one.Quantity);
            await StoreAsync(transaction, batch, cancellationToken).ConfigureAwait(false);
            if (_isReinstatement)
                await exclusions.RemoveEventsAsync(transaction, [.. some.Select(e => e.EventId)], cancellationToken).ConfigureAwait(false);
            else
            {
                await exclusions.AddEventsAsync(
                    transaction, proposal.ProposalId, [.. some.Select(e => new ExcludedEvent(e.EventId, Id(e.EventId)))], cancellationToken)
                    .ConfigureAwait(false);
            }
        }

        if (parts.Sums.Count > 0)
        {
            await StoreAsync(transaction, SumsBatch(parts), cancellationToken).ConfigureAwait(false);
            await exclusions.AddEntriesAsync(transaction, proposal.ProposalId, parts.Sums, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Creates the events of sums, which have no instant: at the start of the usage date, each within the quantity limit of an event.
    /// </summary>
    private EventBatch SumsBatch(MatchedUsage parts)
    {
        var pieces = new List<(Guid Id, ExcludedUsage Part, long Quantity)>();
        foreach (var part in parts.Sums)
        {
            var left = part.Quantity;
            for (var piece = 0; left != 0; piece++)
            {
                var quantity = Math.Clamp(left, -UsageEvent.QuantityMax, UsageEvent.QuantityMax);
                pieces.Add((
                    DerivedId.From($"{proposal.ProposalId}\n{part.UsageDate:O}\n{part.Meter}\n{part.ItemId}\n{part.PayeeId}\n{piece}"),
                    part, quantity));
                left -= quantity;
            }
        }

        var batch = new EventBatch(Math.Max(1, pieces.Count));
        var start = UnixMicroseconds.From(calendar.RangeOf(parts.UsageDate).Start);
        foreach (var (id, part, quantity) in pieces)
            Add(batch, id, start, part.Meter, part.ItemId, part.PayeeId, quantity);
        return batch;
    }

    private void Add(EventBatch batch, Guid id, long occurredAt, string meter, string itemId, string payeeId, long quantity) => batch.Add(
        batch.Count + 1, id, occurredAt, Encoding.UTF8.GetBytes(meter), Encoding.UTF8.GetBytes(itemId), Encoding.UTF8.GetBytes(payeeId),
        _isReinstatement ? quantity : -quantity, Encoding.UTF8.GetBytes(proposal.Reason),
        Encoding.UTF8.GetBytes(Reference(_isReinstatement, proposal.ProposalId)));

    /// <summary>Returns the reference of the events that a proposal posts.</summary>
    public static string Reference(bool isReinstatement, long proposalId) =>
        string.Create(CultureInfo.InvariantCulture, $"{(isReinstatement ? "reinstatement" : "exclusion")}:{proposalId}");

    public static bool IsReference(string? reference) =>
        reference is not null && (reference.StartsWith("exclusion:", StringComparison.Ordinal)
            || reference.StartsWith("reinstatement:", StringComparison.Ordinal));

    private Guid Id(Guid eventId) => DerivedId.From($"{proposal.ProposalId}\n{eventId}");

    private async Task StoreAsync(DbTransaction transaction, EventBatch batch, CancellationToken cancellationToken)
    {
        var stored = await events.StoreInTransactionAsync(transaction, batch, cancellationToken).ConfigureAwait(false);
        if (stored.Conflicts.Count > 0)
        {
            throw new CorrectionRefusedException(FormattableString.Invariant(
                $"{Approval.Name(proposal)} can't post event {batch[stored.Conflicts[0].Index].EventId}: an event of that id with other ")
                + "content exists. Its row was changed by hand; restore it from a backup.");
        }
    }
}
