using Microsoft.Extensions.Options;
using Settlement.SampleHost.Corrections;
using Settlement.SampleHost.Usage;
using Settlements;

namespace Settlement.SampleHost.Scheduling;

/// <summary>What a close would do; nothing is changed.</summary>
/// <param name="Days">The days that it closes; null if all are closed.</param>
/// <param name="Rates">The versions whose first day is among them.</param>
/// <param name="Drafts">Drafts of rates that begin on or before the last day and are not approved: the days are closed without
/// them.</param>
/// <param name="Corrections">The approved restatements that it posts.</param>
/// <param name="Waiting">Corrections that are not approved: the days are closed without them.</param>
/// <param name="Quarantined">The number of sums of usage that the last close could not price, and which it prices again.</param>
/// <param name="Amounts">The amounts of the days; null if all are closed.</param>
internal sealed record CloseOutlook(
    DateRange? Days, IReadOnlyList<ListedRate> Rates, IReadOnlyList<ListedRate> Drafts, IReadOnlyList<Proposal> Corrections,
    IReadOnlyList<Proposal> Waiting, int Quarantined, CloseAmounts? Amounts);

/// <summary>The dry run of a close: what it would close and publish, and with which rates and corrections. Thread-safe.</summary>
internal sealed class CloseCheck(
    SettlementEngine engine, PlayUsage usage, NextDay nextDay, CorrectionDesk corrections,
    IOptions<ScheduleOptions> options, TimeProvider clock)
{
    /// <summary>Returns what closing all open days through a day would do.</summary>
    public async Task<CloseOutlook> ReadAsync(DateOnly through, CancellationToken cancellationToken)
    {
        var next = await nextDay.FindAsync(cancellationToken);
        if (next is not { } first || first > through)
            return new CloseOutlook(null, [], [], [], [], 0, null);
        var days = new DateRange(first, through);
        var rates = await engine.Rates.ListAsync(cancellationToken: cancellationToken);
        var proposed = (await corrections.ListAsync(cancellationToken)).Select(c => c.Proposal).ToList();
        return new CloseOutlook(
            days,
            [.. rates.Where(r => r.State != RateState.Proposed && days.Contains(r.Version.FirstDay))],
            [.. rates.Where(r => r.State == RateState.Proposed && r.Version.FirstDay <= through)],
            [.. proposed.Where(p => p.State == ProposalState.Approved && p.PostingDate is { } day && days.Contains(day))],
            [.. proposed.Where(p => p.State == ProposalState.Proposed)],
            (await engine.Days.ListQuarantinedAsync(cancellationToken)).Count,
            await CloseAmounts.EstimateAsync(engine, usage, days, options.Value.DryRunTimeout, clock, cancellationToken));
    }
}
