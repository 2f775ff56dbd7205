using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Compares published days with their sources: finds usage that was added, deleted or assigned to another payee since, and posts the
/// differences to the first open day, by policy, with their usage date. Thread-safe; several instances may reconcile concurrently.
/// </summary>
/// <remarks>
/// The usage of a day is summed again and compared with the counted usage, by meter, item and payee, in units and in events.
/// </remarks>
public sealed class Reconciler
{
    /// <summary>The maximum number of attempts for a day that other instances adjust concurrently.</summary>
    private const int AttemptsMax = 10;

    private readonly CloseStores _stores;
    private readonly SettingsReader _settings;
    private readonly DayUsage _usage;
    private readonly IExcludedUsage _excluded;

    internal Reconciler(CloseStores stores, SettingsReader settings, DayUsage usage, IExcludedUsage excluded)
    {
        _stores = stores;
        _settings = settings;
        _usage = usage;
        _excluded = excluded;
    }

    /// <summary>Compares published days with their sources, and posts the differences by policy.</summary>
    /// <param name="days">
    /// The usage dates, both ends included; days that are not published, or whose events were dropped, are skipped.
    /// </param>
    /// <param name="options">The policies; null for the defaults, which post increases.</param>
    /// <param name="progress">Receives the progress after each day, on any thread.</param>
    /// <param name="cancellationToken">Cancels the call; differences of completed days remain posted.</param>
    /// <returns>The findings, each with its outcome.</returns>
    /// <exception cref="CloseRefusedException">
    /// The calendar, the rates or the sources conflict with those recorded for the days. Nothing was posted.
    /// </exception>
    /// <exception cref="UsageSourceException">
    /// A row of any day in a source of these days has an invalid instant; if none of these days is published, all sources are checked.
    /// Nothing was posted.
    /// </exception>
    /// <exception cref="InvariantException">
    /// Published lines of a day that is summed again were changed or deleted. Nothing was posted for that day. The lines of a day whose
    /// sources are unchanged are not read; the verifier compares them.
    /// </exception>
    public async Task<ReconciliationReport> ReconcileAsync(
        DateRange days, ReconcileOptions? options = null, IProgress<VerificationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new ReconcileOptions();
        ThrowIfUnknownSource(options.Backfill);
        var settings = await _settings.RequireAsync(cancellationToken).ConfigureAwait(false);
        var published = settings.Days.Where(d => d.State == DayState.Published && days.Contains(d.Day) && d.HasEvents).ToList();
        foreach (var day in published)
        {
            if (settings.FindSourceMismatch(day.Day) is { } reason)
                throw new CloseRefusedException(reason);
        }

        var sources = published.SelectMany(d => settings.SourcesOn(d.Day, options.Backfill)).Select(c => c.Source).ToList();
        await UsageSources.ValidateAsync(sources.Count > 0 ? sources : _stores.UsageSources.All, cancellationToken).ConfigureAwait(false);
        var report = new ReconciliationReport.Builder();
        for (var i = 0; i < published.Count; i++)
        {
            foreach (var finding in await ReconcileAsync(settings, published[i].Day, options, cancellationToken).ConfigureAwait(false))
                report.Add(finding);
            progress?.Report(new VerificationProgress(published[i].Day, i + 1, published.Count));
        }

        var earlier = await EarlierRows.FindAsync(_stores.UsageSources, settings, cancellationToken).ConfigureAwait(false);
        return report.Build(published.Count, [.. earlier.Select(e => (e.Source.Name, e.First))]);
    }

    /// <summary>
    /// Accepts a finding without posting it. The difference is not reported again; later changes are. All findings of a change of payee of
    /// an item are accepted together.
    /// </summary>
    /// <param name="finding">A reported finding.</param>
    /// <param name="reason">The reason, 1 to 256 characters.</param>
    /// <param name="by">The user who accepts it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when it is recorded.</returns>
    /// <exception cref="InvalidOperationException">The difference has changed since it was reported.</exception>
    public async Task AcceptAsync(Finding finding, string reason, string by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(finding);
        Approval.RequireReason(reason, by);
        var settings = await _settings.RequireAsync(cancellationToken).ConfigureAwait(false);
        var (revision, found, _) = await FindAsync(settings, finding.UsageDate, null, cancellationToken).ConfigureAwait(false);
        var isCurrent = found.Contains(finding with { Outcome = FindingOutcome.Reported, PostingDate = null });

        // All findings of a change of payee are accepted: a remaining part would be reported as new usage, and paid twice, or as deleted
        // usage.
        List<Finding> parts = finding.Kind == FindingKind.PayeeChange
            ? [.. found.Where(f => f.Kind == FindingKind.PayeeChange && (f.Meter, f.ItemId) == (finding.Meter, finding.ItemId))]
            : [finding];
        List<Adjustment> accepted =
            [.. parts.Select(f => new Adjustment(finding.UsageDate, null, f.Meter, f.ItemId, f.PayeeId, f.Quantity, f.Events, reason, by))];
        if (!isCurrent || await _stores.Adjustments.AddAsync(finding.UsageDate, revision, [], accepted, cancellationToken)
            .ConfigureAwait(false) is null)
        {
            throw new InvalidOperationException(FormattableString.Invariant(
                $"The difference of {finding.Quantity} units of meter '{finding.Meter}', item '{finding.ItemId}', payee ")
                + FormattableString.Invariant($"'{finding.PayeeId}' on {finding.UsageDate:O} has changed since it was reported. ")
                + "Reconcile again, and accept the new finding.");
        }
    }

    private async Task<List<Finding>> ReconcileAsync(
        Settings settings, DateOnly day, ReconcileOptions options, CancellationToken cancellationToken)
    {
        HashSet<(string Meter, string ItemId, string PayeeId, DateOnly UsageDate)>? quarantined = null;
        for (var attempt = 1; ; attempt++)
        {
            // The state is read before the rows: a later change of the rows then has another state.
            var state = await StateAsync(settings, day, options.Backfill, cancellationToken).ConfigureAwait(false);
            if (state is not null && !options.Full
                && await _stores.Sources.FindStateAsync(day, cancellationToken).ConfigureAwait(false) == state)
            {
                return [];
            }

            // Quarantined usage was never paid, so corrections of its rows are posted by any policy: the next close then counts the
            // corrected rows.
            quarantined ??= (await _stores.Lines.ListQuarantinedAsync(settings.LastPublished!.Day, cancellationToken).ConfigureAwait(false))
                .Select(q => (q.Meter, q.ItemId, q.PayeeId, q.UsageDate)).ToHashSet();
            var (revision, found, explained) = await FindAsync(settings, day, options.Backfill, cancellationToken).ConfigureAwait(false);
            var isPosted = found.ToLookup(f => !options.DryRun
                && (quarantined.Contains((f.Meter, f.ItemId, f.PayeeId, f.UsageDate))
                    || (options.PolicyFor(f.Kind) == FindingPolicy.Post && DayDifferences.IsPostable(f))));
            List<Adjustment> dropped = options.DryRun ? [] : [.. explained.Select(RemainingExclusions.Record)];
            if (!isPosted[true].Any() && dropped.Count == 0)
            {
                if (state is not null && found.Count == 0 && !options.DryRun)
                    await _stores.Sources.RecordStateAsync(day, state, cancellationToken).ConfigureAwait(false);
                return found;
            }

            // A change of payee and another difference of the same payee are posted as one adjustment.
            var posted = isPosted[true].GroupBy(f => (f.Meter, f.ItemId, f.PayeeId)).Select(f => new Adjustment(
                day, null, f.Key.Meter, f.Key.ItemId, f.Key.PayeeId, f.Sum(one => one.Quantity), f.Sum(one => one.Events),
                BackfilledUsage.Reason(options.Backfill), null)).ToList();
            if (await _stores.Adjustments.AddAsync(day, revision, posted, dropped, cancellationToken)
                .ConfigureAwait(false) is { } postingDate)
            {
                return [.. found.Select(f => isPosted[true].Contains(f)
                    ? f with { Outcome = FindingOutcome.Posted, PostingDate = postingDate }
                    : f)];
            }

            if (attempt == AttemptsMax)
            {
                throw new InvalidOperationException(FormattableString.Invariant(
                    $"Day {day:O} was adjusted by other instances during each of {AttemptsMax} attempts to reconcile it. ")
                        + "Reconcile it from one instance.");
            }
        }
    }

    private async Task<string?> StateAsync(
        Settings settings, DateOnly day, IReadOnlySet<string> backfill, CancellationToken cancellationToken)
    {
        var (revision, adjustments) = await _stores.Adjustments.ListByUsageDateAsync(day, cancellationToken).ConfigureAwait(false);
        var counted = BackfilledUsage.Of(adjustments).Union(backfill, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        return await SourceStates.FindAsync(settings, day, revision, counted, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(int Revision, List<Finding> Findings, IReadOnlyList<ExcludedUsage> Explained)> FindAsync(
        Settings settings, DateOnly day, IReadOnlySet<string>? backfill, CancellationToken cancellationToken)
    {
        // The revision is read first: a concurrent adjustment changes it, and then nothing is posted with the old revision.
        var (revision, adjustments) = await _stores.Adjustments.ListByUsageDateAsync(day, cancellationToken).ConfigureAwait(false);
        var counted = BackfilledUsage.Of(adjustments).Union(backfill ?? new HashSet<string>(), StringComparer.Ordinal)
            .ToHashSet(StringComparer.Ordinal);
        var differences = new DayDifferences(day);
        var lines = await _usage.LinesAsync(day, cancellationToken).ConfigureAwait(false);
        await ThrowIfLinesChangedAsync(day, lines, cancellationToken).ConfigureAwait(false);
        foreach (var line in lines)
            differences.AddPublished(line);
        foreach (var usage in await _stores.Lines.ListQuarantinedAsync(day, cancellationToken).ConfigureAwait(false))
            differences.AddQuarantined(usage);
        foreach (var one in adjustments)
            differences.AddAdjustment(one);
        foreach (var sum in await DayUsage.OnTimeAsync(settings, day, counted, cancellationToken).ConfigureAwait(false))
            differences.AddCurrent(sum);
        foreach (var one in await _excluded.ListBySourcesAsync(day, cancellationToken).ConfigureAwait(false))
            differences.Explain(one);
        return (revision, differences.Find(), differences.Explained);
    }

    /// <summary>Throws if the lines differ from the recorded totals: the events of a deleted line would be reported as new usage.</summary>
    private async Task ThrowIfLinesChangedAsync(DateOnly day, List<SettlementLine> lines, CancellationToken cancellationToken)
    {
        var recorded = await _stores.Lines.ListTotalsAsync(new DateRange(day, day), cancellationToken).ConfigureAwait(false);
        foreach (var meter in recorded.Select(t => t.Meter).Union(lines.Select(l => l.Meter), StringComparer.Ordinal))
        {
            var total = recorded.FirstOrDefault(t => t.Meter == meter) ?? new DayTotal(day, meter, 0, 0, 0);
            var published = lines.Where(l => l.Meter == meter).ToList();
            var count = published.Count;
            var (events, quantity) = (published.Sum(l => (decimal)l.Events), published.Sum(l => (decimal)l.Quantity));
            if ((count, events, quantity) != (total.Lines, total.Events, total.Quantity))
            {
                throw new InvariantException(FormattableString.Invariant(
                    $"Day {day:O} can't be reconciled: it has {count} lines of meter '{meter}' with {quantity} units of {events} ")
                    + FormattableString.Invariant($"events, and was published with {total.Lines} lines with {total.Quantity} units of ")
                    + FormattableString.Invariant($"{total.Events} events. ")
                    + "Rows of settlement_lines or day_totals were changed or deleted by hand. Restore them from a backup.");
            }
        }
    }

    private void ThrowIfUnknownSource(IReadOnlySet<string> backfill)
    {
        var names = _stores.UsageSources.Configured.Select(s => s.Name).ToList();
        if (backfill.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
        {
            throw new ArgumentException(
                $"Backfill contains the source '{unknown}', which is not configured. "
                + $"Configured sources: {string.Join(", ", names.Select(name => $"'{name}'"))}.",
                nameof(backfill));
        }
    }
}
