using Microsoft.Extensions.Logging;
using Settlements.Stores;
using static System.FormattableString;

namespace Settlements;

/// <summary>
/// The rate versions of all origins: those in code, those of the application's source, and those in the store, which one user proposes and
/// another approves. A version prices usage from its first day on, never in published days, and is immutable once it priced one.
/// Thread-safe.
/// </summary>
/// <example>
/// <code>
/// var change = new RateChange(
///     "video.view", "ann-2024-08", new DateOnly(2024, 8, 1), Currency.KRW, RateTable.Flat(2m), scope: "payee:ann");
/// var proposal = await engine.Rates.ProposeAsync(change, "contract 42", by: "bob");
/// await engine.Rates.ApproveAsync(proposal.ProposalId, proposal.Hash, by: "carol");
/// </code>
/// </example>
public sealed partial class RateCatalog
{
    private readonly IProposalStore _proposals;
    private readonly CloseStores _stores;
    private readonly SettingsReader _settings;
    private readonly RateReader _rates;
    private readonly TrialCheck _trials;
    private readonly SettlementPlan _plan;
    private readonly TimeProvider _clock;
    private readonly ILogger<RateCatalog> _logger;

    internal RateCatalog(
        IProposalStore proposals, CloseStores stores, SettingsReader settings, RateReader rates, TrialCheck trials, SettlementPlan plan,
        TimeProvider clock, ILogger<RateCatalog> logger)
    {
        _proposals = proposals;
        _stores = stores;
        _settings = settings;
        _rates = rates;
        _trials = trials;
        _plan = plan;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>Proposes a version. It prices nothing before it is approved.</summary>
    /// <param name="change">The version.</param>
    /// <param name="reason">The reason, 1 to 256 characters, such as the number of the contract.</param>
    /// <param name="by">The acting user.</param>
    /// <param name="cancellationToken">Cancels the call; then nothing is proposed.</param>
    /// <returns>The proposal, with the number and the hash for the approval.</returns>
    /// <exception cref="CorrectionRefusedException">
    /// Rates of the store are not used; the name is used; the first day is published and nothing is superseded; dates would be left without
    /// a version; or the meter is not declared. The message lists all errors, each with the remedy.
    /// </exception>
    public async Task<Proposal> ProposeAsync(RateChange change, string reason, string by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        var proposals = await ProposeAllAsync([change], reason, by, cancellationToken).ConfigureAwait(false);
        return proposals[0];
    }

    /// <summary>
    /// Proposes the end of a version, also of one in code or one that has priced published days. On later dates the version of the next
    /// scope applies.
    /// </summary>
    /// <param name="meter">The meter.</param>
    /// <param name="scope">Empty for the meter; <c>item:ID</c> or <c>payee:ID</c> for an override.</param>
    /// <param name="version">The name of the version.</param>
    /// <param name="lastDay">The last usage date that it prices, included: the last published day or later.</param>
    /// <param name="reason">The reason, 1 to 256 characters.</param>
    /// <param name="by">The acting user.</param>
    /// <param name="cancellationToken">Cancels the call; then nothing is proposed.</param>
    /// <returns>The proposal, with the number and the hash for the approval.</returns>
    /// <exception cref="CorrectionRefusedException">
    /// The version does not exist; the date after the last day is published; or dates would be left without a version.
    /// </exception>
    public async Task<Proposal> ProposeEndAsync(
        string meter, string scope, string version, DateOnly lastDay, string reason, string by,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(meter);
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(version);
        Approval.RequireReason(reason, by);
        var proposal = NewProposal(StoredRate.Content(meter, scope, version, lastDay), reason, by);
        await RequireValidAsync(
            [StoredRate.Parse(proposal)], isProposed: true, await _rates.ReadSourceAsync(cancellationToken).ConfigureAwait(false), null,
            cancellationToken).ConfigureAwait(false);
        return await AddAsync(proposal, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Approves a version or an end. From then on it prices usage from its first day on; a close under way is repeated with it.
    /// </summary>
    /// <param name="proposalId">The proposal.</param>
    /// <param name="expectedHash">The hash of the proposal.</param>
    /// <param name="by">The acting user; by default not the one who proposed it.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <returns>The approved proposal.</returns>
    /// <exception cref="CorrectionRefusedException">
    /// The hash differs; the user proposed it and another user has to approve it; it is approved or withdrawn; or it is no longer valid, as
    /// for <see cref="ProposeAsync"/>: its first day was published in the meantime. The message has the remedy.
    /// </exception>
    public async Task<Proposal> ApproveAsync(
        long proposalId, string expectedHash, string by, CancellationToken cancellationToken = default)
    {
        var proposal = await RequireAsync(proposalId, cancellationToken).ConfigureAwait(false);
        Approval.RequireWithoutAmount(proposal, expectedHash, by, _plan.Corrections);
        var rate = StoredRate.Parse(proposal);
        if (rate.Version is { } version)
            await _trials.RequireAsync(rate.Meter, version, cancellationToken).ConfigureAwait(false);
        var source = await _rates.ReadSourceAsync(cancellationToken).ConfigureAwait(false);
        var isApproved = await _proposals.ApproveAsync(
            proposalId, by,
            async (transaction, token) =>
            {
                await _stores.Days.LockPublicationAsync(transaction, token).ConfigureAwait(false);
                await RequireValidAsync([rate], isProposed: false, source, transaction, token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return isApproved
            ? await RequireAsync(proposalId, cancellationToken).ConfigureAwait(false)
            : throw new CorrectionRefusedException(
                $"{Approval.Name(proposal)} was approved or withdrawn by another user in the meantime. Call ListAsync for its state.");
    }

    /// <summary>Withdraws a proposal that is not approved.</summary>
    /// <param name="proposalId">The proposal.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it was withdrawn; false when it is approved or withdrawn already.</returns>
    /// <exception cref="CorrectionRefusedException">There is no rate version with this number.</exception>
    public async Task<bool> WithdrawAsync(long proposalId, CancellationToken cancellationToken = default)
    {
        await RequireAsync(proposalId, cancellationToken).ConfigureAwait(false);
        return await _proposals.MoveAsync(null, proposalId, ProposalState.Proposed, ProposalState.Withdrawn, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>
    /// Deletes a version that a close recorded when it started, if no day was published with it: for a version that was configured by
    /// mistake. Instances that still have the version record it again with their next close.
    /// </summary>
    /// <param name="meter">The meter.</param>
    /// <param name="scope">Empty for the meter; <c>item:ID</c> or <c>payee:ID</c> for an override.</param>
    /// <param name="version">The name of the version.</param>
    /// <param name="by">The acting user, who is logged.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it was deleted; false when no close has recorded it.</returns>
    /// <exception cref="CorrectionRefusedException">The version has priced a published day.</exception>
    public async Task<bool> DiscardAsync(
        string meter, string scope, string version, string by, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        var isDiscarded = await _stores.Rates.DiscardAsync(meter, scope, version, cancellationToken).ConfigureAwait(false);
        if (isDiscarded)
        {
            Discarded(RateTexts.Name(meter, scope, version), by);
            return true;
        }

        var recorded = await _stores.Rates.ListAsync(null, cancellationToken).ConfigureAwait(false);
        return recorded.Any(r => RateChanges.Key(r) == (meter, scope, version))
            ? throw new CorrectionRefusedException($"{RateTexts.Name(meter, scope, version)} has priced published days, and is immutable. "
                + "Add a version that supersedes it, and restate the days.")
            : false;
    }

    /// <summary>Returns the versions of all origins, and the proposed ones.</summary>
    /// <param name="meter">Only of this meter; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The versions, ordered by meter, scope, first day and name; the proposed ones after the others of their scope.</returns>
    public async Task<IReadOnlyList<ListedRate>> ListAsync(string? meter = null, CancellationToken cancellationToken = default)
    {
        var merged = await _rates.ReadAsync(cancellationToken).ConfigureAwait(false);
        var recorded = (await _stores.Rates.ListAsync(null, cancellationToken).ConfigureAwait(false))
            .ToDictionary(RateChanges.Key, r => r.IsPriced);
        var listed = new List<ListedRate>();
        foreach (var rates in merged.Meters.Values.Where(m => meter is null || m.Meter == meter))
        {
            foreach (var version in rates.All())
            {
                var of = merged.OriginOf(rates.Meter, version.Scope, version.Version);
                var state = !recorded.TryGetValue((rates.Meter, version.Scope, version.Version), out var isPriced) ? RateState.Approved
                    : isPriced ? RateState.Priced : RateState.Recorded;
                listed.Add(new(rates.Meter, version, rates.Rounding, of.Origin, state, of.Proposal, of.End));
            }
        }

        var waiting = await _rates.ListAsync(null, ProposalState.Proposed, cancellationToken).ConfigureAwait(false);
        listed.AddRange(waiting.Where(r => r.Version is not null && (meter is null || r.Meter == meter)).Select(r => new ListedRate(
            r.Meter, r.Version!, merged.Meters.GetValueOrDefault(r.Meter)?.Rounding ?? r.Rounding ?? Rounding.Truncating, RateOrigin.Store,
            RateState.Proposed, r.Proposal, null)));
        return [.. listed.OrderBy(r => r.Meter, Utf8Order.Instance).ThenBy(r => r.Version.Scope, Utf8Order.Instance)
            .ThenBy(r => r.State == RateState.Proposed).ThenBy(r => r.Version.FirstDay).ThenBy(r => r.Version.Version, Utf8Order.Instance)];
    }

    /// <summary>Returns the proposals of versions and of ends in all states, with their approvals, newest first.</summary>
    /// <param name="count">The maximum number of proposals.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The proposals.</returns>
    public Task<IReadOnlyList<Proposal>> ListHistoryAsync(int count = 100, CancellationToken cancellationToken = default) =>
        _proposals.ListAsync(null, ProposalKind.RateVersion, null, count, cancellationToken);

    private async Task<IReadOnlyList<Proposal>> ProposeAllAsync(
        IReadOnlyList<RateChange> changes, string reason, string by, CancellationToken cancellationToken)
    {
        Approval.RequireReason(reason, by);
        var proposals = changes.Select(change => NewProposal(StoredRate.Content(change), reason, by)).ToList();
        await RequireValidAsync(
            [.. proposals.Select(StoredRate.Parse)], isProposed: true,
            await _rates.ReadSourceAsync(cancellationToken).ConfigureAwait(false), null, cancellationToken).ConfigureAwait(false);
        var added = new List<Proposal>(proposals.Count);
        foreach (var proposal in proposals)
            added.Add(await AddAsync(proposal, cancellationToken).ConfigureAwait(false));
        return added;
    }

    private Proposal NewProposal(string content, string reason, string by)
    {
        using var hash = new PreviewHash();
        hash.Add($"{content}");
        return new Proposal(
            0, ProposalKind.RateVersion, ProposalState.Proposed, content, hash.End(), reason, by, _clock.GetUtcNow());
    }

    private async Task<Proposal> AddAsync(Proposal proposal, CancellationToken cancellationToken)
    {
        var id = await _proposals.AddAsync(proposal, [], cancellationToken).ConfigureAwait(false);
        return await RequireAsync(id, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Proposal> RequireAsync(long proposalId, CancellationToken cancellationToken) =>
        await _proposals.FindAsync(proposalId, cancellationToken).ConfigureAwait(false) is { Kind: ProposalKind.RateVersion } found
            ? found
            : throw new CorrectionRefusedException(Invariant(
                $"There is no proposal {proposalId} of a rate version. ListHistoryAsync, or 'settlement rates history', lists them."));

    [LoggerMessage(210, LogLevel.Warning, "{Version}, recorded by a close that has not published its day, was discarded by {By}.")]
    private partial void Discarded(string version, string by);
}
