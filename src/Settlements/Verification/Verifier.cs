namespace Settlements;

/// <summary>Recomputes published days from their usage, and compares the results with the published ones. Thread-safe.</summary>
/// <example>
/// <code>
/// var report = await engine.Verifier.VerifyAsync(new DateRange(new DateOnly(2024, 7, 1), new DateOnly(2024, 7, 31)));
/// foreach (var difference in report.Differences)
///     Console.WriteLine($"{difference.Day} {difference.Meter} {difference.What}: {difference.Published}, not {difference.Computed}");
/// </code>
/// </example>
public sealed class Verifier
{
    private readonly CloseStores _stores;
    private readonly SettingsReader _settings;
    private readonly DayUsage _usage;
    private readonly SettlementPlan _plan;

    internal Verifier(CloseStores stores, SettingsReader settings, DayUsage usage, SettlementPlan plan)
    {
        _stores = stores;
        _settings = settings;
        _usage = usage;
        _plan = plan;
    }

    /// <summary>
    /// Sums the usage of each published day of a range again, prices it with the counters of all earlier days, and compares lines, their
    /// sums by payee, quarantined usage, rankings and counters with the published ones. Reads the lines of all earlier days, and keeps all
    /// counters in memory. Does not write.
    /// </summary>
    /// <param name="days">
    /// The posting dates, both ends included; days that are not published, or whose events were dropped, are skipped.
    /// </param>
    /// <param name="progress">Receives the progress after each day, on any thread.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The report, with all differences.</returns>
    /// <exception cref="CloseRefusedException">
    /// The calendar, the rates or the sources conflict with those recorded for the days.
    /// </exception>
    /// <exception cref="UsageSourceException">
    /// A row of any day in a source of these days has an invalid instant; if none of these days is published, all sources are checked.
    /// </exception>
    public async Task<VerificationReport> VerifyAsync(
        DateRange days, IProgress<VerificationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var settings = await _settings.RequireAsync(cancellationToken).ConfigureAwait(false);
        var published = settings.Days.Where(d => d.State == DayState.Published && d.Day <= days.Last).ToList();
        foreach (var day in published.Where(d => days.Contains(d.Day) && d.HasEvents))
        {
            if (settings.FindSourceMismatch(day.Day) is { } reason)
                throw new CloseRefusedException(reason);
        }

        // Without a published day in the range, all sources are checked.
        var sources = published.Where(d => days.Contains(d.Day)).SelectMany(d => settings.SourcesOn(d.Day)).Select(c => c.Source).ToList();
        await UsageSources.ValidateAsync(sources.Count > 0 ? sources : _stores.UsageSources.All, cancellationToken).ConfigureAwait(false);
        var report = new VerificationReport.Builder();
        var replay = new DayReplay(_usage, _plan, settings);
        replay.Begin(await _stores.Counters.ListOpeningAsync(cancellationToken).ConfigureAwait(false));
        var rankings = new RankingCheck(_stores.Rankings, _plan);
        for (var i = 0; i < published.Count; i++)
        {
            var day = published[i];
            var isVerified = days.Contains(day.Day) && day.HasEvents;
            var (lines, computed) = await replay.ComputeAsync(day, isVerified, cancellationToken).ConfigureAwait(false);
            rankings.Add(day.Day, lines);
            if (isVerified)
            {
                report.Compare(lines, computed.Lines);
                report.CompareQuarantined(
                    day.Day, await _stores.Lines.ListQuarantinedAsync(day.Day, cancellationToken)
                        .ConfigureAwait(false), computed.Quarantined);
                report.CompareTotals(
                    day.Day, await _stores.Lines.ListTotalsAsync(new DateRange(day.Day, day.Day), cancellationToken)
                        .ConfigureAwait(false), lines);
                report.CompareAmounts(
                    day.Day, await _stores.Lines.ListAmountsAsync(null, new DateRange(day.Day, day.Day), cancellationToken)
                        .ConfigureAwait(false), lines);
                await ComparePayeesAsync(day.Day, lines, report, cancellationToken).ConfigureAwait(false);
                await rankings.CompareAsync(day.Day, report, cancellationToken).ConfigureAwait(false);
                report.Days++;
            }

            progress?.Report(new VerificationProgress(day.Day, i + 1, published.Count));
        }

        if (settings.LastPublished is { } last && published.Count > 0 && published[^1].Day == last.Day && days.Contains(last.Day))
            await new CounterComparison(_stores.Counters).CompareAsync(last.Day, replay.Counters, report, cancellationToken)
                .ConfigureAwait(false);
        await AddEarlierRowsAsync(settings, days, report, cancellationToken).ConfigureAwait(false);
        return report.Build();
    }

    /// <summary>
    /// Recomputes all counters from the published lines and opening counts, and replaces the stored ones. This repairs rows of counters
    /// that were changed or deleted by hand. Do not close days while it runs.
    /// </summary>
    /// <param name="progress">Receives the progress after each day, on any thread.</param>
    /// <param name="cancellationToken">Cancels the call; then nothing is changed.</param>
    /// <returns>The number of item counters that were written.</returns>
    /// <exception cref="CloseRefusedException">
    /// The calendar, the rates or the sources conflict with those recorded for the days.
    /// </exception>
    public async Task<long> RebuildCountersAsync(
        IProgress<VerificationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var settings = await _settings.RequireAsync(cancellationToken).ConfigureAwait(false);
        var published = settings.Days.Where(d => d.State == DayState.Published).ToList();
        var replay = new DayReplay(_usage, _plan, settings);
        replay.Begin(await _stores.Counters.ListOpeningAsync(cancellationToken).ConfigureAwait(false));
        for (var i = 0; i < published.Count; i++)
        {
            await replay.ComputeAsync(published[i], fromUsage: false, cancellationToken).ConfigureAwait(false);
            progress?.Report(new VerificationProgress(published[i].Day, i + 1, published.Count));
        }

        var counters = replay.Counters.All().ToList();
        await _stores.Counters.ReplaceAllAsync(
            counters, [.. replay.Counters.AllVolume()], [.. replay.Counters.AllRounding()], cancellationToken).ConfigureAwait(false);
        return counters.Count;
    }

    /// <summary>Compares the sums by payee; those of a day with unreadable ones aren't compared further.</summary>
    private async Task ComparePayeesAsync(
        DateOnly day, IReadOnlyList<SettlementLine> lines, VerificationReport.Builder report, CancellationToken cancellationToken)
    {
        var (payees, isReadable) = (new PayeeTotals(), true);
        await foreach (var segment in _stores.Lines.ReadPayeeSumsAsync(new DateRange(day, day), cancellationToken).ConfigureAwait(false))
        {
            try
            {
                payees.Add(segment);
            }
            catch (InvariantException)
            {
                isReadable = false;
                report.AddUnreadablePayees(day, segment.Meter);
            }
        }

        if (isReadable)
            report.ComparePayees(day, payees, lines);
    }

    /// <summary>Reports rows of applications' tables from before the first published day, which no day counts.</summary>
    private async Task AddEarlierRowsAsync(
        Settings settings, DateRange days, VerificationReport.Builder report, CancellationToken cancellationToken)
    {
        if (settings.Days.Count == 0 || days.First > settings.Days[0].Day)
            return;
        var found = await EarlierRows.FindAsync(_stores.UsageSources, settings, cancellationToken).ConfigureAwait(false);
        foreach (var (source, instant) in found)
            report.AddEarlierRows(settings.Calendar.DayOf(instant), source);
    }
}
