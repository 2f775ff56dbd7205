using System.Globalization;
using System.Text.Json;
using Settlement.BillableEvents;
using Settlement.BusinessDays;
using Settlement.Calendars;
using Settlement.Closing;
using Settlement.Pipelines;
using Settlement.Sums;

namespace Settlement.Corrections;

/// <summary>
/// Takes usage out after the fact: bots are always found later. An exclusion is proposed with a preview, approved, and posted as events of the
/// negative quantity at the original instants, which the first open day counts. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// var exclusion = await engine.Exclusions.ExcludeAsync(new UsageFilter(days) { ItemIds = ["v1"] }, "bots", by: "ann");
/// await engine.Exclusions.ApproveAsync(exclusion.ExclusionId, exclusion.Hash, by: "bob");
/// </code>
/// </example>
public sealed class UsageExclusions
{
    /// <summary>The name under which the posting of exclusions is kept in the history of runs; the key is the proposal's number.</summary>
    public const string PipelineName = "post-exclusion";

    private readonly IProposalStore _proposals;
    private readonly IExclusionStore _exclusions;
    private readonly IEventStore _events;
    private readonly CloseStores _stores;
    private readonly SettingsReader _settings;
    private readonly ExclusionParts _parts;
    private readonly CorrectionPreview _preview;
    private readonly PipelineRunner _runner;
    private readonly SettlementOptions _options;
    private readonly TimeProvider _clock;

    internal UsageExclusions(
        IProposalStore proposals, IExclusionStore exclusions, IExcludedUsage excluded, IEventStore events, CloseStores stores, SettingsReader settings,
        PipelineRunner runner, SettlementOptions options, TimeProvider clock)
    {
        _proposals = proposals;
        _exclusions = exclusions;
        _events = events;
        _stores = stores;
        _settings = settings;
        _parts = new ExclusionParts(stores, events, exclusions, excluded, new DayTotals(stores));
        _preview = new CorrectionPreview(stores, options);
        _runner = runner;
        _options = options;
        _clock = clock;
    }

    /// <summary>Proposes an exclusion. Nothing is posted before it is approved.</summary>
    /// <param name="filter">What is excluded.</param>
    /// <param name="reason">Why, 1 to 256 characters: kept with each event, and shown where a line is explained.</param>
    /// <param name="by">The acting user.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The preview.</returns>
    /// <exception cref="CorrectionRefusedException">Nothing matches, some of it is excluded already, or more is asked for than was counted.</exception>
    /// <exception cref="CloseRefusedException">Calendar, rates or sources are not those that days were closed with.</exception>
    public async Task<Exclusion> ExcludeAsync(UsageFilter filter, string reason, string by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return await ProposeAsync(ProposalKind.Exclusion, new ExclusionContent(StoredFilter.From(filter), null), reason, by, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Proposes to take an exclusion back.</summary>
    /// <param name="exclusionId">An exclusion that is posted.</param>
    /// <param name="reason">Why, 1 to 256 characters.</param>
    /// <param name="by">The acting user.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The preview.</returns>
    /// <exception cref="CorrectionRefusedException">It is not posted, or was reinstated before.</exception>
    public async Task<Exclusion> ReinstateAsync(long exclusionId, string reason, string by, CancellationToken cancellationToken = default)
    {
        var excluded = await RequireAsync(exclusionId, cancellationToken).ConfigureAwait(false);
        if (excluded.Kind != ProposalKind.Exclusion || excluded.State != ProposalState.Done)
            throw new CorrectionRefusedException($"{Approval.Name(excluded)} is not an exclusion that is posted. Only those can be reinstated.");
        await RefuseReinstatedAsync(excluded, p => p.State != ProposalState.Withdrawn, cancellationToken).ConfigureAwait(false);
        return await ProposeAsync(ProposalKind.Reinstatement, new ExclusionContent(null, exclusionId), reason, by, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Approves exactly what was previewed, and posts it. After a crash the same call continues where it stopped.</summary>
    /// <param name="exclusionId">The proposal.</param>
    /// <param name="expectedHash">The hash of the preview that is approved.</param>
    /// <param name="by">The acting user; by default another one than proposed it.</param>
    /// <param name="progress">Reports after each usage date, from any thread.</param>
    /// <param name="cancellationToken">Stops; usage dates that are posted stay, and the next call continues from there.</param>
    /// <returns>The exclusion as it is posted.</returns>
    /// <exception cref="CorrectionRefusedException">
    /// The hash is another, the person is the one who proposed it, what it matches has changed since, or another exclusion of one of its days is
    /// approved and not posted to its end.
    /// </exception>
    public async Task<Exclusion> ApproveAsync(
        long exclusionId, string expectedHash, string by, IProgress<RunProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var proposal = await RequireAsync(exclusionId, cancellationToken).ConfigureAwait(false);
        var settings = await _settings.RequireAsync(cancellationToken).ConfigureAwait(false);
        var content = Read(proposal);
        var days = await DaysAsync(content, cancellationToken).ConfigureAwait(false);
        if (proposal.State == ProposalState.Proposed)
        {
            // Read first: what another approval changes after that, changes a revision or is found below.
            var revisions = await RevisionsAsync(days, cancellationToken).ConfigureAwait(false);
            await RefuseUnderWayAsync(proposal, content, days, cancellationToken).ConfigureAwait(false);
            var preview = await PreviewAsync(settings, proposal, content, days, cancellationToken).ConfigureAwait(false);
            Approval.Require(proposal, expectedHash, by, preview.Amounts, _options.Corrections);
            if (preview.Hash != proposal.Hash
                || !await _proposals.ApproveAsync(exclusionId, by, revisions, [], cancellationToken).ConfigureAwait(false))
            {
                throw Approval.Changed(proposal);
            }
        }
        else
        {
            Approval.Require(proposal, expectedHash, by, [], _options.Corrections);
        }

        var step = new ExclusionStep(
            _events, _exclusions, proposal, settings.Calendar, days,
            (day, token) => FindAsync(settings, proposal.ProposalId, content, day, token));
        var finish = new FinishStep(_proposals, exclusionId);
        await _runner.RunAsync(
            new Pipeline(PipelineName, exclusionId.ToString(CultureInfo.InvariantCulture), proposal.Hash, [step, finish]), _options.Pipeline, progress,
            cancellationToken).ConfigureAwait(false);
        return new Exclusion(exclusionId, proposal.Kind, ProposalState.Done, proposal.Hash, proposal.Reason, proposal.ProposedBy, [], 0, []);
    }

    /// <summary>Withdraws a proposal that is not approved yet.</summary>
    /// <param name="exclusionId">The proposal.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it waited for an approval.</returns>
    public Task<bool> WithdrawAsync(long exclusionId, CancellationToken cancellationToken = default) =>
        _proposals.MoveAsync(null, exclusionId, ProposalState.Proposed, ProposalState.Withdrawn, cancellationToken);

    /// <summary>The proposals, newest first.</summary>
    /// <param name="state">Only in this state; null for all.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Exclusions and reinstatements.</returns>
    public async Task<IReadOnlyList<Proposal>> ListAsync(
        ProposalState? state = null, int count = 100, CancellationToken cancellationToken = default) =>
        [.. (await _proposals.ListAsync(null, null, state, count, cancellationToken).ConfigureAwait(false))
            .Where(p => p.Kind is ProposalKind.Exclusion or ProposalKind.Reinstatement)];

    private async Task<Exclusion> ProposeAsync(
        ProposalKind kind, ExclusionContent content, string reason, string by, CancellationToken cancellationToken)
    {
        Approval.RequireReason(reason, by);
        var settings = await _settings.RequireAsync(cancellationToken).ConfigureAwait(false);
        var proposal = new Proposal(0, kind, ProposalState.Proposed, Write(content), "", reason, by, _clock.GetUtcNow());
        var days = await DaysAsync(content, cancellationToken).ConfigureAwait(false);
        var preview = await PreviewAsync(settings, proposal, content, days, cancellationToken).ConfigureAwait(false);
        if (preview.PartsCount == 0)
            throw new CorrectionRefusedException("The filter matches no usage. Check its days, meters, items, payees, event ids and reference.");
        var id = await _proposals.AddAsync(proposal with { Hash = preview.Hash }, [], cancellationToken).ConfigureAwait(false);
        return preview with { ExclusionId = id };
    }

    private async Task<Exclusion> PreviewAsync(
        Settings settings, Proposal proposal, ExclusionContent content, IReadOnlyList<DateOnly> days, CancellationToken cancellationToken)
    {
        using var hash = new PreviewHash();
        hash.Add($"{proposal.Kind} {proposal.Content}");
        var sums = new Dictionary<(DateOnly Day, string Meter, string ItemId, string PayeeId), (Int128 Quantity, long Events)>();
        foreach (var day in days)
        {
            var parts = await FindAsync(settings, proposal.ProposalId, content, day, cancellationToken).ConfigureAwait(false);
            foreach (var one in parts.Events)
            {
                hash.Add($"{one.EventId} {one.OccurredAt:O} {one.Meter} {one.ItemId} {one.PayeeId} {one.Quantity}");
                Add(one.Meter, one.ItemId, one.PayeeId, one.Quantity, 1);
            }

            foreach (var one in parts.Sums)
            {
                hash.Add($"{one.UsageDate:O} {one.Meter} {one.ItemId} {one.PayeeId} {one.Quantity} {one.Events}");
                Add(one.Meter, one.ItemId, one.PayeeId, one.Quantity, one.Events);
            }

            void Add(string meter, string itemId, string payeeId, long quantity, long events)
            {
                var (before, count) = sums.GetValueOrDefault((day, meter, itemId, payeeId));
                sums[(day, meter, itemId, payeeId)] = (before + quantity, count + events);
            }
        }

        var sign = proposal.Kind == ProposalKind.Reinstatement ? 1 : -1;
        var usage = sums.Select(s => new UsageSum(s.Key.Meter, s.Key.ItemId, s.Key.PayeeId, s.Key.Day, sign * s.Value.Quantity, s.Value.Events)).ToList();
        var amounts = await _preview.PriceAsync(settings, usage, [], cancellationToken).ConfigureAwait(false);
        List<ExcludedUsage> parted = [.. usage.OrderBy(u => u.UsageDate).ThenBy(u => u.Meter, Utf8Order.Instance).ThenBy(u => u.ItemId, Utf8Order.Instance)
            .ThenBy(u => u.PayeeId, Utf8Order.Instance).Take(Exclusion.PartsMax)
            .Select(u => new ExcludedUsage(
                u.UsageDate, u.Meter, u.ItemId, u.PayeeId, (long)Int128.Clamp(u.Quantity, long.MinValue, long.MaxValue), u.Events))];
        return new Exclusion(
            proposal.ProposalId, proposal.Kind, proposal.State, hash.End(), proposal.Reason, proposal.ProposedBy, parted, usage.Count, amounts);
    }

    private async Task<Dictionary<DateOnly, int>> RevisionsAsync(IReadOnlyList<DateOnly> days, CancellationToken cancellationToken)
    {
        var revisions = new Dictionary<DateOnly, int>();
        var published = await _stores.Days.ListPublishedAsync(new DateRange(days[0], days[^1]), cancellationToken).ConfigureAwait(false);
        foreach (var day in published.Select(d => d.Day))
            revisions.Add(day, (await _stores.Adjustments.ListOfAsync(day, cancellationToken).ConfigureAwait(false)).Revision);
        return revisions;
    }

    /// <summary>What an approved exclusion has not posted yet is not seen by the preview of another one.</summary>
    private async Task RefuseUnderWayAsync(
        Proposal proposal, ExclusionContent content, IReadOnlyList<DateOnly> days, CancellationToken cancellationToken)
    {
        if (content.Of is { } of)
        {
            await RefuseReinstatedAsync(
                await RequireAsync(of, cancellationToken).ConfigureAwait(false),
                p => p.ProposalId != proposal.ProposalId && p.State is (ProposalState.Approved or ProposalState.Done), cancellationToken).ConfigureAwait(false);
        }

        foreach (var other in await ListAsync(ProposalState.Approved, int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            var covered = await DaysAsync(Read(other), cancellationToken).ConfigureAwait(false);
            if (covered[0] <= days[^1] && days[0] <= covered[^1])
            {
                throw new CorrectionRefusedException(FormattableString.Invariant(
                    $"{Approval.Name(other)} covers days of {Approval.Name(proposal)} and is not posted to its end. Call ApproveAsync({other.ProposalId}, …) ")
                    + "again to finish it, and approve this one then.");
            }
        }
    }

    private async Task RefuseReinstatedAsync(Proposal excluded, Func<Proposal, bool> counts, CancellationToken cancellationToken)
    {
        var others = await _proposals.ListAsync(null, ProposalKind.Reinstatement, null, int.MaxValue, cancellationToken).ConfigureAwait(false);
        if (others.FirstOrDefault(p => counts(p) && Read(p).Of == excluded.ProposalId) is { } other)
            throw new CorrectionRefusedException($"{Approval.Name(excluded)} is reinstated already, by {Approval.Name(other)}. Exclude it again instead.");
    }

    private async Task<IReadOnlyList<DateOnly>> DaysAsync(ExclusionContent content, CancellationToken cancellationToken)
    {
        var filter = content.Filter ?? Read(await RequireAsync(content.Of!.Value, cancellationToken).ConfigureAwait(false)).Filter!;
        return [.. filter.ToFilter().Days.Each()];
    }

    private async Task<DayParts> FindAsync(
        Settings settings, long proposalId, ExclusionContent content, DateOnly day, CancellationToken cancellationToken)
    {
        if (content.Filter is { } filter)
            return await _parts.FindAsync(settings, filter.ToFilter(), proposalId == 0 ? null : proposalId, day, cancellationToken).ConfigureAwait(false);

        // A reinstatement takes back exactly what its exclusion posted and is not reinstated yet.
        var events = new List<MatchedEvent>();
        await foreach (var (_, one) in _exclusions.ListEventsAsync(content.Of!.Value, cancellationToken).ConfigureAwait(false))
        {
            if (settings.Calendar.DayOf(one.OccurredAt) == day)
                events.Add(one);
        }

        var entries = await _exclusions.ListEntriesAsync(content.Of.Value, cancellationToken).ConfigureAwait(false);
        return new DayParts(day, events, [.. entries.Where(e => e.UsageDate == day)]);
    }

    private async Task<Proposal> RequireAsync(long exclusionId, CancellationToken cancellationToken) =>
        await _proposals.FindAsync(exclusionId, cancellationToken).ConfigureAwait(false) is { Kind: ProposalKind.Exclusion or ProposalKind.Reinstatement } found
            ? found
            : throw Approval.Unknown(exclusionId, ProposalKind.Exclusion);

    private static string Write(ExclusionContent content) => JsonSerializer.Serialize(content, CorrectionJson.Default.ExclusionContent);

    private static ExclusionContent Read(Proposal proposal) => JsonSerializer.Deserialize(proposal.Content, CorrectionJson.Default.ExclusionContent)!;

    /// <summary>The last chunk: from its commit on the exclusion is done.</summary>
    private sealed class FinishStep(IProposalStore proposals, long proposalId) : PipelineStep
    {
        public override string Name => "finish";

        public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<PlannedChunk>>([new PlannedChunk("done", 0)]);

        public override Task<ChunkResult> ProcessAsync(Chunk chunk, CancellationToken cancellationToken) =>
            Task.FromResult(new ChunkResult(0, (transaction, token) =>
                proposals.MoveAsync(transaction, proposalId, ProposalState.Approved, ProposalState.Done, token)));
    }
}
