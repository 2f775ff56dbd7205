using System.Text.Json;
using Settlements.Stores;
using static System.FormattableString;

namespace Settlements;

/// <summary>
/// Compares the published amounts of days with those of other rates, on the same usage and the real counters. Nothing is published.
/// Thread-safe.
/// </summary>
/// <example>
/// <code>
/// var july = new DateRange(new DateOnly(2024, 7, 1), new DateOnly(2024, 7, 31));
/// var report = await engine.Trials.CompareAsync(
///     TrialCandidate.OfVersion("video.view", scope: "", RateTable.Flat(1.2m)), july, new TrialGate { TotalPercentMax = 5 });
/// foreach (var violation in report.Violations)
///     Console.WriteLine(violation);
/// </code>
/// </example>
public sealed class RateTrials
{
    private readonly CloseStores _stores;
    private readonly SettingsReader _settings;
    private readonly SettlementPlan _plan;
    private readonly TimeProvider _clock;

    internal RateTrials(CloseStores stores, SettingsReader settings, SettlementPlan plan, TimeProvider clock) =>
        (_stores, _settings, _plan, _clock) = (stores, settings, plan, clock);

    /// <summary>
    /// Prices the published usage of days with a candidate, and compares the amounts with the published ones. Usage that was posted before
    /// the days counts, and keeps its real prices. Does not write.
    /// </summary>
    /// <param name="candidate">The rates to try.</param>
    /// <param name="days">The posting dates, both ends included; all have to be published.</param>
    /// <param name="gate">The limits of the differences; null for none.</param>
    /// <param name="progress">Receives the progress after each range of items, on any thread.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The report.</returns>
    /// <exception cref="CloseRefusedException">
    /// A day is not published, or the configured calendar, rates or sources conflict with those recorded for published days.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The candidate has rates for a meter that is neither priced nor declared, or a value of the gate is out of range.
    /// </exception>
    /// <exception cref="CorrectionRefusedException">
    /// The proposal of the candidate does not exist, is withdrawn, or ends a version instead of adding one.
    /// </exception>
    /// <remarks>
    /// The counters at the beginning of the days are the published ones, less what the lines since then added. Where these do not determine
    /// them, as with a candidate that counts over another period, or where fewer lines were posted before the days than after them, the
    /// lines of all days from the first published one on are read. One range of items of about
    /// <see cref="SettlementOptions.PartialsPerItemRange"/> lines is compared after another; its counters and lines, and the sums of all
    /// payees, are in memory. Usage that was quarantined is not included.
    /// </remarks>
    public async Task<TrialReport> CompareAsync(
        TrialCandidate candidate, DateRange days, TrialGate? gate = null, IProgress<TrialProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        gate?.Require(nameof(gate));
        var settings = await _settings.RequireAsync(cancellationToken).ConfigureAwait(false);
        var published = settings.Days.Where(d => d.State == DayState.Published).ToList();
        RequirePublished(published, days);
        candidate = await WithVersionAsync(candidate, cancellationToken).ConfigureAwait(false);
        var resolved = candidate.Resolve(settings.MeterRates, days);
        RequireKnown(settings, resolved);
        var rates = new TrialRates(settings, resolved, days);
        var start = await TrialStart.FindAsync(_stores, settings, _plan.Calendar, rates, days, cancellationToken).ConfigureAwait(false);
        var tally = start is null ? null
            : await CompareFromCountersAsync(start, settings, rates, days, progress, cancellationToken).ConfigureAwait(false);
        tally ??= await CompareFromLinesAsync(settings, rates, new(published[0].Day, days.Last), days, progress, cancellationToken)
            .ConfigureAwait(false);
        var totals = tally.Totals();
        var hash = Hash(resolved, published.Where(d => days.Contains(d.Day)), gate, totals, tally.NotPricedCount);
        var versions = candidate.Versions(resolved).Select(v => new TriedVersion(
            v.Meter, v.Version, candidate.IsOneVersion || rates.IsNew(v.Meter, v.Version), tally.LinesOf(v.Meter, v.Version))).ToList();
        return new TrialReport(days, gate, totals, tally.NotPriced, tally.NotPricedCount, hash, versions, candidate.IsOneVersion);
    }

    /// <summary>Stores a report, for another user to approve.</summary>
    /// <param name="report">The report.</param>
    /// <param name="reason">The reason, 1 to 256 characters.</param>
    /// <param name="by">The acting user.</param>
    /// <param name="overrideGate">Whether a report that does not pass may be proposed.</param>
    /// <param name="cancellationToken">Cancels the call; then nothing is stored.</param>
    /// <returns>The proposal. Its hash is that of the report, and its content the totals, without the amounts of payees.</returns>
    /// <exception cref="CorrectionRefusedException">
    /// The report does not pass, and <paramref name="overrideGate"/> is false.
    /// </exception>
    public async Task<Proposal> ProposeAsync(
        TrialReport report, string reason, string by, bool overrideGate = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        Approval.RequireReason(reason, by);
        if (!report.Passes && !overrideGate)
        {
            throw new CorrectionRefusedException(
                Invariant($"The trial of {report.Days} has {report.ViolationsCount} violations, the first: {report.Violations[0]} Change ")
                + "the candidate or the gate; or propose the report with overrideGate, and state the reason.");
        }

        var content = JsonSerializer.Serialize(TrialContent.From(report), TrialJson.Default.TrialContent);
        var proposal = new Proposal(
            0, ProposalKind.Trial, ProposalState.Proposed, content, report.Hash, reason, by, _clock.GetUtcNow());
        var id = await _stores.Proposals.AddAsync(proposal, [], cancellationToken).ConfigureAwait(false);
        return await RequireAsync(id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Approves a proposed report. Nothing is published; see <see cref="CorrectionOptions.RequireTrial"/>.</summary>
    /// <param name="trialId">The proposal.</param>
    /// <param name="expectedHash">The hash of the report.</param>
    /// <param name="by">The acting user; not the one who proposed it if <see cref="CorrectionOptions.SecondPerson"/> is set.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <returns>The approved proposal.</returns>
    /// <exception cref="CorrectionRefusedException">
    /// The hash differs, the user proposed it and another user has to approve it, or it is not proposed.
    /// </exception>
    public async Task<Proposal> ApproveAsync(
        long trialId, string expectedHash, string by, CancellationToken cancellationToken = default)
    {
        var proposal = await RequireAsync(trialId, cancellationToken).ConfigureAwait(false);
        Approval.RequireWithoutAmount(proposal, expectedHash, by, _plan.Corrections);
        var isApproved = await _stores.Proposals.ApproveAsync(
            trialId, by, new Dictionary<DateOnly, int>(), [], cancellationToken).ConfigureAwait(false);
        return isApproved ? await RequireAsync(trialId, cancellationToken).ConfigureAwait(false) : throw new CorrectionRefusedException(
            $"{Approval.Name(proposal)} is no longer proposed: it was approved or withdrawn in the meantime. Call ListAsync.");
    }

    /// <summary>Withdraws a proposed report that is not approved.</summary>
    /// <param name="trialId">The proposal.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it was withdrawn; false when it is approved or withdrawn already.</returns>
    /// <exception cref="CorrectionRefusedException">There is no trial of that number.</exception>
    public async Task<bool> WithdrawAsync(long trialId, CancellationToken cancellationToken = default)
    {
        _ = await RequireAsync(trialId, cancellationToken).ConfigureAwait(false);
        return await _stores.Proposals.MoveAsync(
            null, trialId, ProposalState.Proposed, ProposalState.Withdrawn, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns the proposed reports, newest first.</summary>
    /// <param name="state">Only in this state; null for all.</param>
    /// <param name="count">The maximum number of proposals.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The proposals.</returns>
    public Task<IReadOnlyList<Proposal>> ListAsync(
        ProposalState? state = null, int count = 100, CancellationToken cancellationToken = default) =>
        _stores.Proposals.ListAsync(null, ProposalKind.Trial, state, count, cancellationToken);

    /// <summary>Returns the amounts; null when the published counters do not determine those of the beginning.</summary>
    private async Task<TrialTally?> CompareFromCountersAsync(
        TrialStart start, Settings settings, TrialRates rates, DateRange days, IProgress<TrialProgress>? progress,
        CancellationToken cancellationToken)
    {
        var tally = new TrialTally();
        var ranges = await _stores.Lines.PlanItemRangesAsync(start.Read, _plan.PartialsPerItemRange, cancellationToken)
            .ConfigureAwait(false);
        for (var i = 0; i < ranges.Count; i++)
        {
            var replay = new TrialReplay(_stores, settings, _plan, rates, days, tally);
            if (!await replay.CompareAsync(start, ranges[i], cancellationToken).ConfigureAwait(false))
                return null;
            progress?.Report(new TrialProgress(i + 1, ranges.Count));
        }

        // Counters that were read after another day was published include it.
        var now = await _stores.Days.ListAsync(null, cancellationToken).ConfigureAwait(false);
        return now.Last(d => d.State == DayState.Published).Day == start.Read.Last ? tally : null;
    }

    private async Task<TrialTally> CompareFromLinesAsync(
        Settings settings, TrialRates rates, DateRange read, DateRange days, IProgress<TrialProgress>? progress,
        CancellationToken cancellationToken)
    {
        var tally = new TrialTally();
        var ranges = await _stores.Lines.PlanItemRangesAsync(read, _plan.PartialsPerItemRange, cancellationToken).ConfigureAwait(false);
        var opening = await _stores.Counters.ListOpeningAsync(cancellationToken).ConfigureAwait(false);
        for (var (i, at) = (0, 0); i < ranges.Count; i++)
        {
            // Both are in the order of meter and item.
            var (bounds, first) = (new ItemBounds(ItemRange.Parse(ranges[i])), at);
            while (at < opening.Count && bounds.IsBeforeTo(opening[at].Instance.Meter, opening[at].ItemId))
                at++;
            await new TrialReplay(_stores, settings, _plan, rates, days, tally)
                .CompareAsync(read.First, ranges[i], opening.Skip(first).Take(at - first), cancellationToken).ConfigureAwait(false);
            progress?.Report(new TrialProgress(i + 1, ranges.Count));
        }

        return tally;
    }

    /// <summary>Returns the candidate with the version of its proposal.</summary>
    private async Task<TrialCandidate> WithVersionAsync(TrialCandidate candidate, CancellationToken cancellationToken)
    {
        if (candidate.ProposalId is not { } proposalId)
            return candidate;
        var proposal = await _stores.Proposals.FindAsync(proposalId, cancellationToken).ConfigureAwait(false);
        if (proposal is not { Kind: ProposalKind.RateVersion })
        {
            throw new CorrectionRefusedException(
                Invariant($"There is no proposal {proposalId} of a rate version. Rates.ListHistoryAsync, or ")
                + "'settlement rates history', lists them.");
        }

        if (proposal.State == ProposalState.Withdrawn)
            throw new CorrectionRefusedException($"{Approval.Name(proposal)} is withdrawn. Propose it again, and try that proposal.");
        var rate = StoredRate.Parse(proposal);
        return rate.Version is not null ? TrialCandidate.Of(rate) : throw new CorrectionRefusedException(
            $"{Approval.Name(proposal)} ends {RateTexts.Name(rate.Meter, rate.Scope, rate.Name)}, and adds no version to try. Try the "
            + "rates without that version, with TrialCandidate.Of.");
    }

    private async Task<Proposal> RequireAsync(long trialId, CancellationToken cancellationToken) =>
        await _stores.Proposals.FindAsync(trialId, cancellationToken).ConfigureAwait(false) is { Kind: ProposalKind.Trial } found
            ? found
            : throw Approval.Unknown(trialId, ProposalKind.Trial);

    private static void RequirePublished(List<BusinessDay> published, DateRange days)
    {
        if (published.Count == 0)
        {
            throw new CloseRefusedException(
                $"No day is published, so nothing can be compared in {days}. Close days first, with Days.CloseThroughAsync.");
        }

        if (days.First < published[0].Day || days.Last > published[^1].Day)
        {
            throw new CloseRefusedException(Invariant(
                $"The days of a trial have to be published: {days} is not within {new DateRange(published[0].Day, published[^1].Day)}, ")
                + "the published days. Use those, or close the others first.");
        }
    }

    /// <summary>A misspelled meter would change nothing, and pass every gate.</summary>
    private void RequireKnown(Settings settings, IReadOnlyList<MeterRates> candidate)
    {
        var unknown = candidate.Select(r => r.Meter).Where(m => !settings.MeterRates.ContainsKey(m) && !_plan.UnpricedMeters.Contains(m)
            && !settings.UsageSources.IsSelectedByValue(m)).ToList();
        if (unknown.Count > 0)
        {
            throw new ArgumentException(
                $"The candidate has rates for {string.Join(", ", unknown.Select(m => $"meter '{m}'"))}, which has no rates and is not "
                + "declared. Correct the name, or declare it with Meter(…).", nameof(candidate));
        }
    }

    private static string Hash(
        IReadOnlyList<MeterRates> candidate, IEnumerable<BusinessDay> days, TrialGate? gate, IReadOnlyList<TrialTotal> totals,
        long notPriced)
    {
        using var hash = new PreviewHash();
        foreach (var rates in candidate.OrderBy(r => r.Meter, Utf8Order.Instance))
        {
            hash.Add($"rates {rates.Meter} {rates.Rounding}");
            foreach (var version in rates.All())
                hash.Add($"{version.Scope} {version} {version.Currency.MinorUnitDigits}");
        }

        foreach (var day in days)
            hash.Add($"day {day.Day:O} {day.RunId}");
        hash.Add($"gate {gate?.TotalPercentMax:0.######} {gate?.PayeePercentMax:0.######} {gate?.PayeeAmountMin:0.######}");
        foreach (var total in totals)
        {
            hash.Add($"total {total.Currency} {total.Currency.MinorUnitDigits} {total.Before:0.######} {total.After:0.######}");
            foreach (var payee in total.Payees)
                hash.Add($"{payee.PayeeId} {payee.Before:0.######} {payee.After:0.######}");
        }

        hash.Add($"not priced {notPriced}");
        return hash.End();
    }
}
