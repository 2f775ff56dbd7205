using System.Globalization;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Excludes usage after it was counted, such as usage of bots that were detected later. An exclusion is proposed with a preview, approved,
/// and posted as events of the negative quantity at the original instants, which the first open day counts. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// var days = new DateRange(new DateOnly(2024, 7, 1), new DateOnly(2024, 7, 7));
/// var exclusion = await engine.Exclusions.ExcludeAsync(new UsageFilter(days) { ItemIds = ["v1"] }, "bots", by: "ann");
/// await engine.Exclusions.ApproveAsync(exclusion.ExclusionId, exclusion.Hash, by: "bob");
/// </code>
/// </example>
public sealed class UsageExclusions
{
    /// <summary>The pipeline name of posted exclusions in the run history; the key is the number of the proposal.</summary>
    public const string PipelineName = "post-exclusion";

    private readonly IProposalStore _proposals;
    private readonly IExclusionStore _exclusions;
    private readonly IEventStore _events;
    private readonly CloseStores _stores;
    private readonly SettingsReader _settings;
    private readonly ExclusionPreview _preview;
    private readonly PipelineRunner _runner;
    private readonly SettlementPlan _plan;
    private readonly TimeProvider _clock;

    internal UsageExclusions(
        IProposalStore proposals, IExclusionStore exclusions, IExcludedUsage excluded, IEventStore events, CloseStores stores,
        SettingsReader settings,
        PipelineRunner runner, SettlementPlan plan, TimeProvider clock)
    {
        _proposals = proposals;
        _exclusions = exclusions;
        _events = events;
        _stores = stores;
        _settings = settings;
        _preview = new ExclusionPreview(
            new ExclusionMatcher(stores, events, exclusions, excluded, new CountedUsage(stores)), exclusions,
            new CorrectionPreview(stores, plan));
        _runner = runner;
        _plan = plan;
        _clock = clock;
    }

    /// <summary>Proposes an exclusion. Nothing is posted before it is approved.</summary>
    /// <param name="filter">The usage to exclude.</param>
    /// <param name="reason">The reason, 1 to 256 characters: stored with each event, and included in the explanation of a line.</param>
    /// <param name="by">The acting user.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The preview.</returns>
    /// <exception cref="CorrectionRefusedException">
    /// No usage matches, some of it is excluded already, or the quantity exceeds the counted one.
    /// </exception>
    /// <exception cref="CloseRefusedException">The calendar, the rates or the sources conflict with the recorded ones.</exception>
    public async Task<Exclusion> ExcludeAsync(UsageFilter filter, string reason, string by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var content = new ExclusionContent(StoredFilter.From(filter), null);
        return await ProposeAsync(ProposalKind.Exclusion, content, reason, by, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Proposes to reverse an exclusion.</summary>
    /// <param name="exclusionId">The exclusion, which has to be posted.</param>
    /// <param name="reason">The reason, 1 to 256 characters.</param>
    /// <param name="by">The acting user.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The preview.</returns>
    /// <exception cref="CorrectionRefusedException">The exclusion is not posted, or was reinstated before.</exception>
    public async Task<Exclusion> ReinstateAsync(long exclusionId, string reason, string by, CancellationToken cancellationToken = default)
    {
        var excluded = await RequireAsync(exclusionId, cancellationToken).ConfigureAwait(false);
        if (excluded.Kind != ProposalKind.Exclusion || excluded.State != ProposalState.Done)
        {
            throw new CorrectionRefusedException(
                $"{Approval.Name(excluded)} is not a posted exclusion. Only posted exclusions can be reinstated.");
        }

        await ThrowIfReinstatedAsync(excluded, p => p.State != ProposalState.Withdrawn, cancellationToken).ConfigureAwait(false);
        return await ProposeAsync(ProposalKind.Reinstatement, new ExclusionContent(null, exclusionId), reason, by, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Approves a proposal as previewed, and posts it. After a crash, the same call resumes the posting.</summary>
    /// <param name="exclusionId">The proposal.</param>
    /// <param name="expectedHash">The hash of the preview.</param>
    /// <param name="by">The acting user; by default not the one who proposed it.</param>
    /// <param name="progress">Receives the progress after each usage date, on any thread.</param>
    /// <param name="cancellationToken">Cancels the posting. Posted usage dates remain, and the next call resumes after them.</param>
    /// <returns>The posted exclusion.</returns>
    /// <exception cref="CorrectionRefusedException">
    /// The hash differs; the user proposed it and another user has to approve it; the matched usage has changed since the preview; or
    /// another exclusion of one of its days is approved and not posted completely. Usage dates that are posted already remain.
    /// </exception>
    public async Task<Exclusion> ApproveAsync(
        long exclusionId, string expectedHash, string by, IProgress<RunProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var proposal = await RequireAsync(exclusionId, cancellationToken).ConfigureAwait(false);
        var settings = await _settings.RequireAsync(cancellationToken).ConfigureAwait(false);
        var content = ExclusionContent.From(proposal);
        var days = await DaysAsync(content, cancellationToken).ConfigureAwait(false);
        if (proposal.State == ProposalState.Proposed)
        {
            // Revisions are read first: a concurrent approval either changes a revision or is found below.
            var revisions = await RevisionsAsync(days, cancellationToken).ConfigureAwait(false);
            await ThrowIfOverlappingAsync(proposal, content, days, cancellationToken).ConfigureAwait(false);
            var preview = (await _preview.CreateAsync(settings, proposal, content, days, cancellationToken)
                .ConfigureAwait(false)).Exclusion;
            Approval.Require(proposal, expectedHash, by, preview.Amounts, _plan.Corrections);
            if (preview.Hash != proposal.Hash
                || !await _proposals.ApproveAsync(exclusionId, by, revisions, [], cancellationToken).ConfigureAwait(false))
            {
                throw Approval.Changed(proposal);
            }
        }
        else
        {
            Approval.Require(proposal, expectedHash, by, [], _plan.Corrections);
        }

        var step = new ExclusionStep(
            _events, _exclusions, _proposals, proposal, settings.Calendar, days,
            (day, token) => _preview.RequireApprovedAsync(settings, proposal, content, day, token));
        var finish = new FinishStep(_proposals, exclusionId);
        await _runner.RunValidatedAsync(
            new Pipeline(PipelineName, exclusionId.ToString(CultureInfo.InvariantCulture), proposal.Hash, [step, finish]), _plan.Pipeline,
            progress,
            cancellationToken).ConfigureAwait(false);
        return new Exclusion(exclusionId, proposal.Kind, ProposalState.Done, proposal.Hash, proposal.Reason, proposal.ProposedBy, [], 0,
            []);
    }

    /// <summary>
    /// Withdraws a proposal that is not approved, or stops the posting of one that is approved and not posted completely: its posted usage
    /// dates remain, the others are not posted, and its state becomes <see cref="ProposalState.Done"/>.
    /// </summary>
    /// <param name="exclusionId">The proposal.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it was withdrawn or stopped; false when it was done or withdrawn before.</returns>
    /// <exception cref="CorrectionRefusedException">There is no exclusion or reinstatement with this number.</exception>
    public async Task<bool> WithdrawAsync(long exclusionId, CancellationToken cancellationToken = default)
    {
        await RequireAsync(exclusionId, cancellationToken).ConfigureAwait(false);
        return await MoveAsync(ProposalState.Proposed, ProposalState.Withdrawn).ConfigureAwait(false)
            || await MoveAsync(ProposalState.Approved, ProposalState.Done).ConfigureAwait(false);

        Task<bool> MoveAsync(ProposalState from, ProposalState to) => _proposals.MoveAsync(null, exclusionId, from, to, cancellationToken);
    }

    /// <summary>Returns the proposed exclusions and reinstatements, newest first.</summary>
    /// <param name="state">Only in this state; null for all.</param>
    /// <param name="count">The maximum number of proposals that are read, before those of other kinds are left out.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The proposals.</returns>
    public async Task<IReadOnlyList<Proposal>> ListAsync(
        ProposalState? state = null, int count = 100, CancellationToken cancellationToken = default) =>
        [.. (await _proposals.ListAsync(null, null, state, count, cancellationToken).ConfigureAwait(false))
            .Where(p => p.Kind is ProposalKind.Exclusion or ProposalKind.Reinstatement)];

    private async Task<Exclusion> ProposeAsync(
        ProposalKind kind, ExclusionContent content, string reason, string by, CancellationToken cancellationToken)
    {
        Approval.RequireReason(reason, by);
        var settings = await _settings.RequireAsync(cancellationToken).ConfigureAwait(false);
        var proposal = new Proposal(0, kind, ProposalState.Proposed, content.ToJson(), "", reason, by, _clock.GetUtcNow());
        var days = await DaysAsync(content, cancellationToken).ConfigureAwait(false);
        var (preview, hashes) = await _preview.CreateAsync(settings, proposal, content, days, cancellationToken).ConfigureAwait(false);
        if (preview.PartsCount == 0)
        {
            throw new CorrectionRefusedException(
                "The filter matches no usage. Check its days, meters, items, payees, event ids and reference.");
        }

        proposal = new Proposal(proposal) { Hash = preview.Hash, Content = (content with { Hashes = hashes }).ToJson() };
        var id = await _proposals.AddAsync(proposal, [], cancellationToken).ConfigureAwait(false);
        return new Exclusion(preview) { ExclusionId = id };
    }

    private async Task<Dictionary<DateOnly, int>> RevisionsAsync(IReadOnlyList<DateOnly> days, CancellationToken cancellationToken)
    {
        var revisions = new Dictionary<DateOnly, int>();
        var published = await _stores.Days.ListPublishedAsync(new DateRange(days[0], days[^1]), cancellationToken).ConfigureAwait(false);
        foreach (var day in published.Select(d => d.Day))
            revisions.Add(day, (await _stores.Adjustments.ListByUsageDateAsync(day, cancellationToken).ConfigureAwait(false)).Revision);
        return revisions;
    }

    /// <summary>
    /// Throws if another exclusion of these days is being posted: previews do not include usage that it has not posted yet.
    /// </summary>
    private async Task ThrowIfOverlappingAsync(
        Proposal proposal, ExclusionContent content, IReadOnlyList<DateOnly> days, CancellationToken cancellationToken)
    {
        if (content.Of is { } of)
        {
            await ThrowIfReinstatedAsync(
                await RequireAsync(of, cancellationToken).ConfigureAwait(false),
                p => p.ProposalId != proposal.ProposalId && p.State is (ProposalState.Approved or ProposalState.Done), cancellationToken)
                    .ConfigureAwait(false);
        }

        foreach (var other in await ListAsync(ProposalState.Approved, int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            var covered = await DaysAsync(ExclusionContent.From(other), cancellationToken).ConfigureAwait(false);
            if (covered[0] <= days[^1] && days[0] <= covered[^1])
            {
                throw new CorrectionRefusedException(FormattableString.Invariant(
                    $"{Approval.Name(other)} covers days of {Approval.Name(proposal)} and is not posted completely. ")
                    + FormattableString.Invariant($"Call ApproveAsync({other.ProposalId}, …) again first."));
            }
        }
    }

    private async Task ThrowIfReinstatedAsync(Proposal excluded, Func<Proposal, bool> counts, CancellationToken cancellationToken)
    {
        var others = await _proposals.ListAsync(null, ProposalKind.Reinstatement, null, int.MaxValue, cancellationToken)
            .ConfigureAwait(false);
        if (others.FirstOrDefault(p => counts(p) && ExclusionContent.From(p).Of == excluded.ProposalId) is { } other)
        {
            throw new CorrectionRefusedException(
                $"{Approval.Name(excluded)} is already reinstated by {Approval.Name(other)}. Exclude it again instead.");
        }
    }

    private async Task<IReadOnlyList<DateOnly>> DaysAsync(ExclusionContent content, CancellationToken cancellationToken)
    {
        var filter = content.Filter ?? ExclusionContent.From(await RequireAsync(content.Of!.Value, cancellationToken)
            .ConfigureAwait(false)).Filter!;
        return [.. filter.ToFilter().Days.Each()];
    }

    private async Task<Proposal> RequireAsync(long exclusionId, CancellationToken cancellationToken) =>
        await _proposals.FindAsync(exclusionId, cancellationToken)
            .ConfigureAwait(false) is { Kind: ProposalKind.Exclusion or ProposalKind.Reinstatement } found
            ? found
            : throw Approval.Unknown(exclusionId, ProposalKind.Exclusion);

    /// <summary>The last step: its commit changes the state of the exclusion to <see cref="ProposalState.Done"/>.</summary>
    private sealed class FinishStep(IProposalStore proposals, long proposalId) : PipelineStep
    {
        public override string Name => "finish";

        public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<PlannedChunk>>([new PlannedChunk("done")]);

        public override Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken) =>
            Task.FromResult(new ChunkResult(0, (transaction, token) =>
                proposals.MoveAsync(transaction, proposalId, ProposalState.Approved, ProposalState.Done, token)));
    }
}
