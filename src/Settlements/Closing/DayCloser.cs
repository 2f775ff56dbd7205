using System.Globalization;
using Microsoft.Extensions.Logging;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Closes business days in order, each once: sums their events, prices them, ranks the items, and publishes the results atomically.
/// Thread-safe; several instances may close the same days concurrently and share the work.
/// </summary>
/// <example>
/// <code>
/// // Closes every open day up to and including this one. Safe to call again.
/// foreach (var day in await engine.Days.CloseThroughAsync(new DateOnly(2024, 7, 1)))
///     Console.WriteLine($"{day.Day:O}: {day.Events} events");
/// </code>
/// </example>
public sealed partial class DayCloser
{
    /// <summary>The pipeline name of closes in the run history; the key is the day.</summary>
    public const string PipelineName = "close-day";

    /// <summary>
    /// Part of a run's fingerprint. Increased whenever a change of the code would produce other rows for the same events.
    /// </summary>
    internal const int FormatVersion = 3;

    private readonly CloseStores _stores;
    private readonly SettingsReader _settings;
    private readonly FirstDayFinder _firstDay;
    private readonly PipelineRunner _runner;
    private readonly SettlementPlan _plan;
    private readonly TimeProvider _clock;
    private readonly ILogger<DayCloser> _logger;

    internal DayCloser(
        CloseStores stores, SettingsReader settings, PipelineRunner runner, SettlementPlan plan, TimeProvider clock,
        ILogger<DayCloser> logger)
    {
        _stores = stores;
        _settings = settings;
        _firstDay = new FirstDayFinder(stores.UsageSources, plan);
        _runner = runner;
        _plan = plan;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>Returns the published days of a range.</summary>
    /// <param name="days">The range, both ends included.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The days, oldest first.</returns>
    public Task<IReadOnlyList<BusinessDay>> ListPublishedAsync(DateRange days, CancellationToken cancellationToken = default) =>
        _stores.Days.ListPublishedAsync(days, cancellationToken);

    /// <summary>Returns the usage that the last close could not price, each with its reason. The next close prices it again.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The usage, ordered by meter, item, payee and usage date, by bytes; empty when everything is priced.</returns>
    public async Task<IReadOnlyList<QuarantinedUsage>> ListQuarantinedAsync(CancellationToken cancellationToken = default)
    {
        var days = await _stores.Days.ListAsync(null, cancellationToken).ConfigureAwait(false);
        return days.LastOrDefault(d => d.State == DayState.Published) is { } last
            ? await _stores.Lines.ListQuarantinedAsync(last.Day, cancellationToken).ConfigureAwait(false)
            : [];
    }

    /// <summary>Returns the next day to close: the first that is not published.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The day. While nothing is published, <see cref="SettlementOptions.StartsOn"/> or, if it is not set, the day of the earliest event;
    /// null when there is neither.
    /// </returns>
    public async Task<DateOnly?> FindNextAsync(CancellationToken cancellationToken = default)
    {
        var days = await _stores.Days.ListAsync(null, cancellationToken).ConfigureAwait(false);
        return days.LastOrDefault(d => d.State == DayState.Published) is { } published
            ? published.Day.AddDays(1)
            : await _firstDay.FindAsync(null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Closes every open day up to and including a day, oldest first, also days without events. The first day ever closed is
    /// <see cref="SettlementOptions.StartsOn"/> or, if it is not set, the day of the earliest event. Published days are skipped, so the
    /// call can be repeated.
    /// </summary>
    /// <param name="last">The last day to close, included.</param>
    /// <param name="progress">Receives the progress after each step and chunk, on any thread.</param>
    /// <param name="cancellationToken">Cancels the close. Committed days and chunks remain, and the next call resumes after them.</param>
    /// <returns>
    /// The days that this call closed, alone or together with other instances; empty while there is neither an event nor a configured first
    /// day.
    /// </returns>
    /// <exception cref="CloseRefusedException">
    /// The last day or its grace period has not ended; or the calendar, the rates or the sources conflict with those recorded for published
    /// days; or nothing is published and one of the earliest events is followed by more than
    /// <see cref="SettlementOptions.EmptyDaysAtStartMax"/> days without events.
    /// </exception>
    /// <exception cref="UsageSourceException">
    /// A row of a source has an invalid id or quantity, or a row of any day has an invalid instant. The day is not published.
    /// </exception>
    /// <exception cref="InvariantException">
    /// The lines do not add up to the events, or the counters do not continue from the published ones. The day is not published.
    /// </exception>
    public Task<IReadOnlyList<ClosedDay>> CloseThroughAsync(
        DateOnly last, IProgress<CloseProgress>? progress = null, CancellationToken cancellationToken = default) =>
        CloseOpenDaysAsync(last, isOnly: false, progress, cancellationToken);

    private async Task<IReadOnlyList<ClosedDay>> CloseOpenDaysAsync(
        DateOnly last, bool isOnly, IProgress<CloseProgress>? progress, CancellationToken cancellationToken)
    {
        ThrowIfNotOver(last);
        var settings = await _settings.RequireAsync(cancellationToken).ConfigureAwait(false);
        if (await FindFirstAsync(settings, last, isOnly, cancellationToken).ConfigureAwait(false) is not { } next || next > last)
            return [];

        var all = new DateRange(next, last);
        var closed = new List<ClosedDay>(all.Days);
        var calendar = settings.Calendar;
        foreach (var day in all.Each())
        {
            var number = day.DayNumber - all.First.DayNumber + 1;
            var runProgress = progress is null ? null : new DayProgress(progress, day, number, all.Days);
            (var done, calendar) = await CloseAsync(day, calendar, runProgress, cancellationToken).ConfigureAwait(false);
            if (done is not null)
                closed.Add(done);
        }

        return closed;
    }

    /// <summary>Closes one day, which must be the next open day. Does nothing when it is published already.</summary>
    /// <param name="day">The day.</param>
    /// <param name="progress">Receives the progress after each step and chunk, on any thread.</param>
    /// <param name="cancellationToken">Cancels the close. Committed chunks remain, and the next call resumes after them.</param>
    /// <returns>The result; null when the day was published before, or there is neither an event nor a configured first day.</returns>
    /// <exception cref="CloseRefusedException">As for <see cref="CloseThroughAsync"/>, or an earlier day is open.</exception>
    public async Task<ClosedDay?> CloseDayAsync(
        DateOnly day, IProgress<CloseProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var closed = await CloseOpenDaysAsync(day, isOnly: true, progress, cancellationToken).ConfigureAwait(false);
        return closed.Count == 0 ? null : closed[^1];
    }

    /// <summary>Returns the first day to close, if any. Throws if only the last day is to be closed and an earlier one is open.</summary>
    private async Task<DateOnly?> FindFirstAsync(Settings settings, DateOnly last, bool isOnly, CancellationToken cancellationToken)
    {
        var next = settings.LastPublished is { } published
            ? published.Day.AddDays(1)
            : await _firstDay.FindAsync(isOnly ? null : last, cancellationToken).ConfigureAwait(false);
        if (isOnly && next < last)
        {
            throw new CloseRefusedException(FormattableString.Invariant(
                $"Day {last:O} can't be closed before {next:O}, which is open: days close in order. ")
                + FormattableString.Invariant($"Call CloseThroughAsync({last:O}) to close all days through {last:O}."));
        }

        return next;
    }

    private async Task<(ClosedDay? Closed, RecordedCalendar Calendar)> CloseOnceAsync(
        DateOnly day, RecordedCalendar before, IProgress<RunProgress>? progress, CancellationToken cancellationToken)
    {
        using var activity = SettlementTelemetry.Activities.StartActivity("settlement.close-day");
        activity?.SetTag("settlement.day", day.ToString("O", CultureInfo.InvariantCulture));
        var calendar = _plan.Calendar;
        var begun = await _stores.Days.BeginClosingAsync(day, before.RangeOf(day), calendar.ToString(), cancellationToken)
            .ConfigureAwait(false);

        // Settings are read after the state has changed: from now on nothing is posted to the day.
        var settings = await _settings.RequireAsync(cancellationToken).ConfigureAwait(false);
        var after = new RecordedCalendar(calendar, settings.Days);
        if (begun.State == DayState.Published)
            return (null, after);
        var expected = calendar.RangeOf(day);
        if (begun.Range != expected)
            BoundariesAdjusted(calendar.TimeZoneId, day, begun.Range.ToString(), expected.ToString());

        // An instance that lacks one of these versions is refused from now on, so that it can't price the day at other rates.
        if (settings.RatesToRecord(day, isStart: true) is { Count: > 0 } added)
            await _stores.Rates.BeginAsync(added, cancellationToken).ConfigureAwait(false);
        await CounterStart.BeginAsync(_stores.Counters, settings, calendar, day, cancellationToken).ConfigureAwait(false);

        RunReport report;
        try
        {
            report = await _runner.RunValidatedAsync(Pipeline(day, settings), _plan.Pipeline, progress, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (DayNeedsApprovalException e)
        {
            await ProposeAsync(e.Proposal, cancellationToken).ConfigureAwait(false);
            throw;
        }
        catch (Exception e) when (e is RunConflictException or RunAbandonedException)
        {
            // Another instance that shared the run may have found changed rates first, and closes the day with the new ones.
            var now = await _settings.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (now.Merged.Fingerprint(day) == settings.Merged.Fingerprint(day))
                throw;
            throw new RatesChangedException(day);
        }

        if (report.AlreadyCompleted)
            return (null, after);

        var quarantined = await _stores.Lines.ListQuarantinedAsync(day, cancellationToken).ConfigureAwait(false);
        if (quarantined.Count > 0 && report.ChunksOfLastStep > 0)
            UsageQuarantined(day, quarantined.Count, quarantined[0].Reason);

        // Only the instance that published the day logs and counts it.
        if (report.ChunksOfLastStep > 0)
        {
            SettlementTelemetry.DaysPublished.Add(1);
            DayPublished(day, report.RunId, report.Rows, report.Duration.TotalSeconds);
        }

        return (new ClosedDay(day, report.Rows, report.Duration)
        {
            Quarantined = quarantined,
            ExpectedRange = begun.Range == expected ? null : expected,
        }, after);
    }

    private Pipeline Pipeline(DateOnly day, Settings settings)
    {
        var calendar = _plan.Calendar;
        var rates = settings.RatesFor(day);
        var check = new PublicationCheck(_stores, rates, settings.Scales, calendar, day);
        return new Pipeline(PipelineName, day.ToString("O", CultureInfo.InvariantCulture), settings.Fingerprint(FormatVersion, day), [
            new SumEventsStep(_stores.Sums, _stores.Adjustments, _stores.Restatements, _stores.Lines, _plan, settings, day),
            new PriceItemsStep(
                _stores, new LinePricer(day, calendar, rates, _stores.UsageSources.IsUndeclared), rates, settings.Scales, day,
                _plan.PartialsPerItemRange),
            new PublishStep(
                _stores.Days, _stores.Lines, _stores.Rates, _stores.Sources, _settings,
                new RankingWriter(_stores.Rankings, calendar, _plan.RankingSize), check,
                new AnomalyCheck(_stores.Lines, _stores.Proposals, _plan.Corrections, _clock), _stores.Runs,
                [_stores.Sums, _stores.Lines, _stores.Rankings],
                settings, day),
        ]);
    }

    private void ThrowIfNotOver(DateOnly last)
    {
        var end = _plan.Calendar.RangeOf(last).End;
        var due = end + _plan.Grace;
        var now = _clock.GetUtcNow();
        if (now < due)
        {
            throw new CloseRefusedException(string.Create(
                CultureInfo.InvariantCulture,
                $"Day {last:O} can't be closed before {due:yyyy-MM-dd'T'HH:mm:ss'Z'}: in {_plan.Calendar.TimeZoneId} it ends at "
                + $"{end:yyyy-MM-dd'T'HH:mm:ss'Z'}, followed by a grace period of {_plan.Grace.TotalMinutes:0.##} minutes; "
                + $"it is {now:yyyy-MM-dd'T'HH:mm:ss'Z'}. Close an earlier day, or wait."));
        }
    }

    private sealed class DayProgress(IProgress<CloseProgress> progress, DateOnly day, int number, int days) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => progress.Report(new CloseProgress(day, number, days, value));
    }

    [LoggerMessage(200, LogLevel.Information,
        "Day {Day:yyyy-MM-dd} published by run {RunId}: {Events} events read by this instance in {Seconds:0.0} s.")]
    private partial void DayPublished(DateOnly day, long runId, long events, double seconds);

    [LoggerMessage(201, LogLevel.Warning,
        "Time zone rules of {Zone} changed: day {Day:yyyy-MM-dd} closes as {Range}, continuing the previous day; expected {Expected}.")]
    private partial void BoundariesAdjusted(string zone, DateOnly day, string range, string expected);

    [LoggerMessage(202, LogLevel.Error,
        "Day {Day:yyyy-MM-dd} published with {Count} quarantined sums, which are not paid. First reason: {Reason}")]
    private partial void UsageQuarantined(DateOnly day, int count, string reason);
}
