using System.Data.Common;
using System.Text.Json;
using Settlements.Stores;

namespace Settlements;

/// <summary>Thrown when the amounts of a day are unusual. The day is priced, and can be published once its proposal is approved.</summary>
public sealed class DayNeedsApprovalException : Exception
{
    internal DayNeedsApprovalException(string message, Proposal proposal)
        : base(message) => Proposal = proposal;

    /// <summary>The proposal to approve. <see cref="Proposal.ProposalId"/> is 0 until it is stored.</summary>
    public Proposal Proposal { get; }
}

/// <summary>Requires approval of a day whose amounts deviate from the average of the previous days by more than a percentage.</summary>
internal sealed class AnomalyCheck(ILineStore lines, IProposalStore proposals, CorrectionLimits limits, TimeProvider clock)
{
    private const int DaysBefore = 7;

    /// <summary>The proposer is no user, so that any user may approve.</summary>
    private const string Proposer = "close";

    public async Task RequireAsync(
        DbTransaction transaction, DateOnly day, IReadOnlyList<DayAmount> amounts, CancellationToken cancellationToken)
    {
        if (limits.AnomalyPercentMax is not { } percent)
            return;
        var before = await lines.ListAmountsAsync(transaction, new DateRange(day.AddDays(-DaysBefore), day.AddDays(-1)), cancellationToken)
            .ConfigureAwait(false);
        var averages = before.GroupBy(b => b.Currency, StringComparer.Ordinal)
            .ToDictionary(c => c.Key, c => Normalised(c.Average(b => b.Amount)), StringComparer.Ordinal);
        var unusual = averages.Keys.Union(amounts.Select(a => a.Currency), StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Where(c => averages.ContainsKey(c) && IsUnusual(Amount(c), averages[c], percent)).ToList();
        if (unusual.Count == 0)
            return;

        var content = JsonSerializer.Serialize(
            new PublicationContent(day, unusual.ToDictionary(c => c, Amount), unusual.ToDictionary(c => c, c => averages[c])),
            CorrectionJson.Default.PublicationContent);
        using var hash = new PreviewHash();
        hash.Add($"{content}");
        var proposal = new Proposal(
            0, ProposalKind.Publication, ProposalState.Proposed, content, hash.End(), "the amounts of the day are unusual", Proposer,
            clock.GetUtcNow());
        var approved = await proposals.ListAsync(transaction, ProposalKind.Publication, ProposalState.Approved, 1_000, cancellationToken)
            .ConfigureAwait(false);
        if (approved.Any(p => p.Hash == proposal.Hash))
            return;
        throw new DayNeedsApprovalException(
            FormattableString.Invariant($"Day {day:O} is priced but not published: ")
            + string.Join(", ", unusual.Select(c => FormattableString.Invariant(
                $"the amount is {Amount(c)} {c}, and the average of the previous {DaysBefore} days is {decimal.Round(averages[c], 2)}")))
                + FormattableString.Invariant($". The limit is a difference of {percent} % (AnomalyPercentMax). Approve the amounts with ")
                + FormattableString.Invariant($"ApproveDayAsync and the hash {proposal.Hash}, or correct the usage and abandon the run."),
                proposal);

        decimal Amount(string currency) => Normalised(amounts.Where(a => a.Currency == currency).Sum(a => a.Amount));
    }

    /// <summary>Removes trailing zeros, whose number differs between database engines, so that the hash is the same on each.</summary>
    private static decimal Normalised(decimal amount) => amount / 1.0000000000000000000000000000m;

    private static bool IsUnusual(decimal amount, decimal average, decimal percent) =>
        Math.Abs(amount - average) * 100 > Math.Abs(average) * percent;
}
