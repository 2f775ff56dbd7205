using System.Globalization;
using System.Text.Json;
using Settlements.Stores;
using static System.FormattableString;

namespace Settlements;

/// <summary>
/// Corrects days that were settled with a wrong rate version, a wrong mapping of a source, or a defect. Published lines are recomputed with
/// the current settings, and the differences are posted to the first open day, each with a reference to the line that it corrects. The
/// published lines do not change. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// var june = new DateRange(new DateOnly(2024, 6, 1), new DateOnly(2024, 6, 30));
/// var restatement = await engine.Restatements.RestateAsync(june, "rate 2024-06 was wrong", by: "ann");
/// await engine.Restatements.ApproveAsync(restatement.RestatementId, restatement.Hash, by: "bob");
/// </code>
/// </example>
public sealed class LineRestatements
{
    private readonly IProposalStore _proposals;
    private readonly SettingsReader _settings;
    private readonly RestatementFinder _finder;
    private readonly CorrectionPreview _preview;
    private readonly SettlementPlan _plan;
    private readonly TimeProvider _clock;

    internal LineRestatements(
        IProposalStore proposals, CloseStores stores, IExcludedUsage excluded, SettingsReader settings, SettlementPlan plan,
        TimeProvider clock)
    {
        _proposals = proposals;
        _settings = settings;
        _finder = new RestatementFinder(stores, excluded, plan);
        _preview = new CorrectionPreview(stores, plan);
        _plan = plan;
        _clock = clock;
    }

    /// <summary>Proposes a restatement. Nothing is posted before it is approved.</summary>
    /// <param name="days">The usage dates to restate, both ends included; those that are not published are skipped.</param>
    /// <param name="reason">The reason, 1 to 256 characters.</param>
    /// <param name="by">The acting user.</param>
    /// <param name="cancellationToken">Cancels the call; then nothing is proposed.</param>
    /// <returns>The preview; without entries and with number 0 when nothing differs.</returns>
    /// <exception cref="CloseRefusedException">The calendar, a recorded rate version or a source is missing or was changed.</exception>
    /// <remarks>
    /// The difference of a changed price is the new amount of the line, on its recorded counters, minus the old amount; later lines are not
    /// repriced. A changed quantity is posted like late usage; where no rate version covers it, it is only reported by
    /// <see cref="Reconciler"/>. If the events of a day were dropped, only prices are restated.
    /// </remarks>
    public async Task<Restatement> RestateAsync(DateRange days, string reason, string by, CancellationToken cancellationToken = default)
    {
        Approval.RequireReason(reason, by);
        var settings = await _settings.RequireAsync(cancellationToken).ConfigureAwait(false);
        var found = await _finder.FindAsync(settings, days, cancellationToken).ConfigureAwait(false);
        var amounts = await _preview.PriceAsync(settings, [], found.Entries, cancellationToken).ConfigureAwait(false);
        var content = JsonSerializer.Serialize(
            new RestatementContent(days.First, days.Last, found.Versions, settings.SourcesText()),
            CorrectionJson.Default.RestatementContent);
        var proposal = new Proposal(
            0, ProposalKind.Restatement, ProposalState.Proposed, content, Hash(content, found), reason, by, _clock.GetUtcNow());

        // With a superseding version, the restatement is stored even if no line changes: it puts the version in force for late usage.
        var id = found.Entries.Count == 0 && found.Versions.Length == 0 && found.SourcesAreRecorded
            ? 0
            : await _proposals.AddAsync(proposal, found.Entries, cancellationToken).ConfigureAwait(false);
        return Of(new Proposal(proposal) { ProposalId = id }, days, found.Entries, amounts);
    }

    /// <summary>Approves a restatement as previewed. The differences are posted to the first open day.</summary>
    /// <param name="restatementId">The proposal.</param>
    /// <param name="expectedHash">The hash of the preview.</param>
    /// <param name="by">The acting user; by default not the one who proposed it.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <returns>The approved restatement.</returns>
    /// <exception cref="CorrectionRefusedException">
    /// The hash differs; the user proposed it and another user has to approve it; or lines, settings or sources have changed since the
    /// preview.
    /// </exception>
    public async Task<Restatement> ApproveAsync(
        long restatementId, string expectedHash, string by, CancellationToken cancellationToken = default)
    {
        var proposal = await RequireAsync(restatementId, cancellationToken).ConfigureAwait(false);
        var settings = await _settings.RequireAsync(cancellationToken).ConfigureAwait(false);
        var content = JsonSerializer.Deserialize(proposal.Content, CorrectionJson.Default.RestatementContent)!;
        var days = new DateRange(content.First, content.Last);
        var found = await _finder.FindAsync(settings, days, cancellationToken).ConfigureAwait(false);
        var amounts = await _preview.PriceAsync(settings, [], found.Entries, cancellationToken).ConfigureAwait(false);
        if (proposal.State == ProposalState.Approved)
            throw new CorrectionRefusedException($"{Approval.Name(proposal)} is already approved.");
        Approval.Require(proposal, expectedHash, by, amounts, _plan.Corrections);
        var isSame = Hash(proposal.Content, found) == proposal.Hash && content.Sources == settings.SourcesText();
        if (!isSame || !await _proposals.ApproveAsync(
            restatementId, by, found.Revisions, [.. found.Entries.Where(e => e.Quantity != 0 || e.Events != 0).Select(e => new Adjustment(
                e.UsageDate, null, e.Meter, e.ItemId, e.PayeeId, e.Quantity, e.Events,
                string.Create(CultureInfo.InvariantCulture, $"restatement {restatementId}"), by))],
            cancellationToken).ConfigureAwait(false))
        {
            throw Approval.Changed(proposal);
        }

        return Of(await RequireAsync(restatementId, cancellationToken).ConfigureAwait(false), days, found.Entries, amounts);
    }

    /// <summary>Withdraws a proposal that is not approved.</summary>
    /// <param name="restatementId">The proposal.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it was withdrawn; false when it is approved or withdrawn already.</returns>
    public Task<bool> WithdrawAsync(long restatementId, CancellationToken cancellationToken = default) =>
        _proposals.MoveAsync(null, restatementId, ProposalState.Proposed, ProposalState.Withdrawn, cancellationToken);

    /// <summary>Returns the proposed restatements, newest first.</summary>
    /// <param name="state">Only in this state; null for all.</param>
    /// <param name="count">The maximum number of proposals.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The proposals.</returns>
    public Task<IReadOnlyList<Proposal>> ListAsync(
        ProposalState? state = null, int count = 100, CancellationToken cancellationToken = default) =>
        _proposals.ListAsync(null, ProposalKind.Restatement, state, count, cancellationToken);

    private async Task<Proposal> RequireAsync(long restatementId, CancellationToken cancellationToken) =>
        await _proposals.FindAsync(restatementId, cancellationToken).ConfigureAwait(false) is { Kind: ProposalKind.Restatement } found
            ? found
            : throw Approval.Unknown(restatementId, ProposalKind.Restatement);

    private static Restatement Of(
        Proposal proposal, DateRange days, IReadOnlyList<RestatementEntry> entries, IReadOnlyList<Money> amounts) => new(
        proposal.ProposalId, proposal.State, proposal.Hash, days, proposal.Reason, proposal.ProposedBy,
        [.. entries.Take(Restatement.EntriesMax)],
        entries.Count, amounts, proposal.PostingDate);

    private static string Hash(string content, RestatementFinder.Found found)
    {
        using var hash = new PreviewHash();
        hash.Add($"{content}");
        foreach (var entry in found.Entries)
        {
            hash.Add($"{entry.Meter} {entry.ItemId} {entry.PayeeId} {entry.UsageDate:O} {entry.Restates} {entry.Quantity} {entry.Events}");
            if (entry.Price is { } price)
            {
                var (oldVersion, newVersion) = ($"{price.OldScope} {price.OldVersion}", $"{price.NewScope} {price.NewVersion}");
                var (oldExact, newExact) = (Invariant($"{price.OldExact:0.######}"), Invariant($"{price.NewExact:0.######}"));
                var (oldAmount, newAmount) = (Invariant($"{price.OldAmount:0.######}"), Invariant($"{price.NewAmount:0.######}"));
                hash.Add(
                    $"{oldVersion} {newVersion} {price.Units} {oldExact} {newExact} {oldAmount} {newAmount}");
            }
        }

        return hash.End();
    }
}
