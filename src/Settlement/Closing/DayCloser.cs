using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Settlement.BusinessDays;
using Settlement.Calendars;
using Settlement.DailyTotals;
using Settlement.Pipelines;
using Settlement.PricedLines;
using Settlement.Rankings;
using Settlement.Telemetry;

namespace Settlement.Closing;

/// <summary>
/// Closes business days, in their order, each once: sums its events, prices them, ranks the items, and publishes all of it at one instant.
/// Thread-safe; several hosts may close the same days at once and share the work.
/// </summary>
public sealed partial class DayCloser
{
    /// <summary>The name under which the closes stand in the history of runs; the key is the day.</summary>
    public const string PipelineName = "close-day";

    /// <summary>Part of a run's fingerprint: raised whenever this code would give other rows for the same events.</summary>
    private const int FormatVersion = 2;

    private readonly IDayStore _days;
    private readonly IDailyTotalStore _totals;
    private readonly IAdjustmentStore _adjustments;
    private readonly IPricedLineStore _lines;
    private readonly IRankingStore _rankings;
    private readonly PipelineRunner _runner;
    private readonly SettlementOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<DayCloser> _logger;

    internal DayCloser(
        IDayStore days, IDailyTotalStore totals, IAdjustmentStore adjustments, IPricedLineStore lines, IRankingStore rankings,
        PipelineRunner runner, SettlementOptions options, TimeProvider clock, ILogger<DayCloser> logger)
    {
        _days = days;
        _totals = totals;
        _adjustments = adjustments;
        _lines = lines;
        _rankings = rankings;
        _runner = runner;
        _options = options;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>The published days of a range.</summary>
    /// <param name="days">Both ends included.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The days, oldest first.</returns>
    public Task<IReadOnlyList<BusinessDay>> ListPublishedAsync(DateRange days, CancellationToken cancellationToken = default) =>
        _days.ListPublishedAsync(days, cancellationToken);

    /// <summary>The first day that is not published: the next to close.</summary>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The day; null when nothing is published and there is no event, so that any day may be the first.</returns>
    public async Task<DateOnly?> FindNextAsync(CancellationToken cancellationToken = default)
    {
        var last = await _days.FindLastAsync(cancellationToken).ConfigureAwait(false);
        if (last is not null)
            return last.State == DayState.Published ? last.Day.AddDays(1) : last.Day;
        var first = await _totals.FindFirstEventAsync([.. _options.Sources], cancellationToken).ConfigureAwait(false);
        return first is { } instant ? _options.RequiredCalendar.DayOf(instant) : null;
    }

    /// <summary>
    /// Closes every open day through a day, oldest first, days without events too. The first day ever closed is that of the earliest event.
    /// Days that are published already are passed over, so calling it again does no harm.
    /// </summary>
    /// <param name="last">The last day to close, included.</param>
    /// <param name="progress">Told as the days' steps and chunks get done, from any thread.</param>
    /// <param name="cancellationToken">Stops; whole days and chunks that are done stay, and the next call goes on from there.</param>
    /// <returns>The days that this call closed, alone or together with other hosts.</returns>
    /// <exception cref="CloseRefusedException">
    /// The last day, and the grace after it, is not over yet; or the database's days were closed by another calendar, or priced by rate tables
    /// that have changed since.
    /// </exception>
    /// <exception cref="InvariantException">
    /// Totals are not the sum of events, lines not those of totals, or a count does not go on where it stood: the day stays unpublished.
    /// </exception>
    public async Task<IReadOnlyList<ClosedDay>> CloseThroughAsync(
        DateOnly last, IProgress<CloseProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        RefuseUnfinished(last);
        await RefuseChangesAsync(cancellationToken).ConfigureAwait(false);
        var next = await FindNextAsync(cancellationToken).ConfigureAwait(false) ?? last;
        if (next > last)
            return [];

        var all = new DateRange(next, last);
        var closed = new List<ClosedDay>(all.Days);
        foreach (var day in all.Each())
        {
            var number = day.DayNumber - all.First.DayNumber + 1;
            var runProgress = progress is null ? null : new DayProgress(progress, day, number, all.Days);
            if (await CloseAsync(day, runProgress, cancellationToken).ConfigureAwait(false) is { } done)
                closed.Add(done);
        }

        return closed;
    }

    /// <summary>Closes one day: the next that is open. Nothing happens when it is published already.</summary>
    /// <param name="day">The day.</param>
    /// <param name="progress">Told as the day's steps and chunks get done, from any thread.</param>
    /// <param name="cancellationToken">Stops; chunks that are done stay, and the next call goes on from there.</param>
    /// <returns>The day; null when it was published before.</returns>
    /// <exception cref="CloseRefusedException">As for <see cref="CloseThroughAsync"/>; or an earlier day is open.</exception>
    public async Task<ClosedDay?> CloseDayAsync(
        DateOnly day, IProgress<CloseProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var next = await FindNextAsync(cancellationToken).ConfigureAwait(false) ?? day;
        if (next < day)
        {
            throw new CloseRefusedException(
                $"Day {day:O} can't be closed before {next:O}, which is still open: days close in order. Close through {day:O} to close both.");
        }

        var closed = await CloseThroughAsync(day, progress, cancellationToken).ConfigureAwait(false);
        return closed.Count == 0 ? null : closed[^1];
    }

    private async Task<ClosedDay?> CloseAsync(DateOnly day, IProgress<RunProgress>? progress, CancellationToken cancellationToken)
    {
        using var activity = SettlementTelemetry.Activities.StartActivity("settlement.close-day");
        activity?.SetTag("settlement.day", day.ToString("O", CultureInfo.InvariantCulture));
        var calendar = _options.RequiredCalendar;
        var state = await _days.BeginClosingAsync(day, calendar.RangeOf(day), calendar.ToString(), cancellationToken).ConfigureAwait(false);
        if (state == DayState.Published)
            return null;

        var pipeline = new Pipeline(PipelineName, day.ToString("O", CultureInfo.InvariantCulture), Fingerprint(), [
            new SumEventsStep(_totals, _adjustments, _options, calendar, day),
            new PriceItemsStep(_totals, _lines, new LinePricer(day, calendar, _options.RatesByMeter), day, _options.PartialsPerItemRange),
            new PublishStep(
                _days, _lines, _rankings, new PublicationCheck(_totals, _lines, [.. _options.RatesByMeter.Keys], day), _options, calendar, day),
        ]);
        var report = await _runner.RunAsync(pipeline, _options.Pipeline, progress, cancellationToken).ConfigureAwait(false);
        if (report.AlreadyCompleted)
            return null;

        // Of the instances that close the day together, the one that published it.
        if (report.ChunksOfLastStep > 0)
        {
            SettlementTelemetry.DaysPublished.Add(1);
            DayPublished(day, report.RunId, report.Rows, report.Duration.TotalSeconds);
        }

        return new ClosedDay(day, report.Rows, report.Duration);
    }

    private void RefuseUnfinished(DateOnly last)
    {
        var end = _options.RequiredCalendar.RangeOf(last).End;
        var due = end + _options.Grace;
        var now = _clock.GetUtcNow();
        if (now < due)
        {
            throw new CloseRefusedException(string.Create(
                CultureInfo.InvariantCulture,
                $"Day {last:O} can't be closed before {due:yyyy-MM-dd'T'HH:mm:ss'Z'}: in {_options.RequiredCalendar.TimeZoneId} it ends at "
                + $"{end:yyyy-MM-dd'T'HH:mm:ss'Z'}, and events have a grace of {_options.Grace.TotalMinutes:0.##} minutes to come in; "
                + $"it is {now:yyyy-MM-dd'T'HH:mm:ss'Z'}. Close an earlier day, or wait."));
        }
    }

    private async Task RefuseChangesAsync(CancellationToken cancellationToken)
    {
        var calendar = _options.RequiredCalendar.ToString();
        var last = await _days.FindLastAsync(cancellationToken).ConfigureAwait(false);
        if (last is not null && last.Calendar != calendar)
        {
            throw new CloseRefusedException(
                $"The days of this database were closed by the calendar '{last.Calendar}'; the one configured is '{calendar}'. "
                + "Closed days never change: configure the first, or start with a new database.");
        }

        // The days first: another host may publish one meanwhile, with the rates that are then found recorded.
        var published = last is null
            ? []
            : await _days.ListPublishedAsync(new DateRange(last.Day.AddDays(-1), last.Day), cancellationToken).ConfigureAwait(false);
        var recorded = await _lines.ListRecordedRatesAsync(cancellationToken).ConfigureAwait(false);
        var faults = RecordedRates.Changes(recorded, [.. _options.RecordedRates()], published.Count == 0 ? null : published[^1].Day);
        if (faults.Count > 0)
            throw new CloseRefusedException(string.Join(' ', faults));
    }

    /// <summary>All that a run's rows depend on beside its events. An unfinished run of another fingerprint is abandoned.</summary>
    private string Fingerprint()
    {
        var parts = new List<string> { $"format {FormatVersion}", _options.RequiredCalendar.ToString(), $"top {_options.RankingSize}" };
        parts.AddRange(_options.RecordedRates().Select(r => r.ToString()));
        parts.AddRange(_options.Sources.Select(s => $"{s} {string.Join(',', s.KeyColumns)} {string.Join(',', s.Measures)}"));
        var bytes = Encoding.UTF8.GetBytes(string.Join('\n', parts));
        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    private sealed class DayProgress(IProgress<CloseProgress> progress, DateOnly day, int number, int days) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => progress.Report(new CloseProgress(day, number, days, value));
    }

    [LoggerMessage(200, LogLevel.Information, "Day {Day:yyyy-MM-dd} is published by run {RunId}: {Events} events read here, {Seconds:0.0} s")]
    private partial void DayPublished(DateOnly day, long runId, long events, double seconds);
}
