using System.Globalization;
using Microsoft.Extensions.Logging;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Estimates what the open days have come to so far: sums and prices their usage by the steps of a close, and publishes nothing. The lines
/// of an estimate that is refreshed when all usage has arrived equal those that the closes then publish. Thread-safe; several instances
/// share an estimate.
/// </summary>
/// <example>
/// <code>
/// await engine.Estimates.RefreshAsync(DateTimeOffset.UtcNow);
/// var july = await engine.Estimates.ReadAsync("ann", CalendarPeriod.Month, new DateOnly(2024, 7, 1));
/// Console.WriteLine($"{july.Estimate?.EstimatedDays} as of {july.Estimate?.AsOf:u}");
/// </code>
/// </example>
public sealed partial class UsageEstimates
{
    /// <summary>The pipeline name of refreshes in the run history; the key is the number of the refresh.</summary>
    public const string PipelineName = "estimate";

    /// <summary>How often a refresh starts again when a day was published, or the settings changed, before it was complete.</summary>
    private const int AttemptsMax = 5;

    private static readonly Backoff PollDelay = new(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(2));

    private readonly CloseStores _stores;
    private readonly IEstimateStore _estimates;
    private readonly ObsoleteEstimates _obsolete;
    private readonly SettingsReader _settings;
    private readonly FirstDayFinder _firstDay;
    private readonly PipelineRunner _runner;
    private readonly StatementReader _statements;
    private readonly SettlementPlan _plan;
    private readonly TimeProvider _clock;
    private readonly ILogger<UsageEstimates> _logger;

    internal UsageEstimates(
        CloseStores stores, IEstimateStore estimates, SettingsReader settings, PipelineRunner runner, StatementReader statements,
        SettlementPlan plan, TimeProvider clock, ILogger<UsageEstimates> logger)
    {
        _stores = stores;
        _estimates = estimates;
        _obsolete = new ObsoleteEstimates(stores.Sums, stores.Lines, estimates);
        _settings = settings;
        _firstDay = new FirstDayFinder(stores.UsageSources, plan);
        _runner = runner;
        _statements = statements;
        _plan = plan;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>
    /// Estimates every open day up to and including that of an instant, and replaces the previous estimate, which stays readable until
    /// then. While another instance refreshes, the call shares its work or waits, and returns its estimate. Safe to call again after a
    /// failure: a refresh that failed or was cancelled is resumed while the open days and the settings are the same.
    /// </summary>
    /// <param name="now">
    /// The current instant. A later one than that of the application's clock only adds open days. The instant of the estimate is at most
    /// that of the clock when the refresh first started.
    /// </param>
    /// <param name="progress">Receives the progress after each step and chunk, on any thread.</param>
    /// <param name="cancellationToken">Cancels the refresh. The previous estimate remains.</param>
    /// <returns>The estimated days; none when no day is open.</returns>
    /// <exception cref="EstimateRefusedException">
    /// More than <see cref="EstimateOptions.DaysMax"/> days are open; another instance refreshes for longer than
    /// <see cref="EstimateOptions.WaitMax"/>; or days were published during each attempt.
    /// </exception>
    /// <exception cref="CloseRefusedException">
    /// The calendar, the rates or the sources conflict with those recorded for published days, so that no day can be closed.
    /// </exception>
    /// <exception cref="UsageSourceException">A row of a source can't be counted.</exception>
    public async Task<EstimateRefresh> RefreshAsync(
        DateTimeOffset now, IProgress<RunProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var activity = SettlementTelemetry.Activities.StartActivity("settlement.estimate");
        var started = _clock.GetTimestamp();
        var clock = _clock.GetUtcNow();
        var asOf = (now < clock ? now : clock).ToUniversalTime();
        var (skipped, polls, events, waited) = (0, 0, 0L, TimeSpan.Zero);

        // The number remains while another instance refreshes with it, so that its estimate is shared also when it is complete by then.
        long? number = null;
        while (true)
        {
            var settings = await _settings.RequireAsync(cancellationToken).ConfigureAwait(false);
            if (await FindOpenDaysAsync(settings, now, cancellationToken).ConfigureAwait(false) is not { } days)
                return new EstimateRefresh(null, asOf, events, _clock.GetElapsedTime(started), isShared: false);

            var refresh = number ??= ((await _estimates.FindAsync(cancellationToken).ConfigureAwait(false))?.Refresh ?? 0) + 1;
            long runId;
            var isPublisher = false;
            try
            {
                var pipeline = await PipelineAsync(refresh, days, now, settings, cancellationToken).ConfigureAwait(false);
                var report = await _runner.RunValidatedAsync(pipeline, _plan.Pipeline, progress, cancellationToken).ConfigureAwait(false);
                (runId, events, isPublisher) = (report.RunId, events + report.Rows, report.ChunksOfLastStep > 0);
            }
            catch (RunConflictException e)
            {
                // Another instance refreshes other days, or with other settings. Its estimate is shared; if its process ends, this one
                // starts instead.
                if (waited > _plan.Estimates.WaitMax)
                {
                    throw new EstimateRefusedException(
                        $"Another instance has been refreshing the estimate for longer than {_plan.Estimates.WaitMax} (Estimates.WaitMax). "
                        + $"Read the previous estimate, wait longer, or stop that instance. {e.Message}", e);
                }

                runId = e.RunId;
                var delay = PollDelay.DelayAfter(polls++);
                await Task.Delay(delay, _clock, cancellationToken).ConfigureAwait(false);
                waited += delay;
            }

            var stored = await _estimates.FindAsync(cancellationToken).ConfigureAwait(false);
            if (stored is null || stored.Refresh < refresh)
                continue;
            if (stored.RunId >= runId)
            {
                if (isPublisher)
                {
                    EstimateRefreshed(days.First, days.Last, runId, events, _clock.GetElapsedTime(started).TotalSeconds);
                    await _obsolete.DeleteAfterPublicationAsync(runId, cancellationToken).ConfigureAwait(false);
                }

                return new EstimateRefresh(
                    new DateRange(stored.Days[0].Day, stored.Days[^1].Day), stored.AsOf, events, _clock.GetElapsedTime(started),
                    isShared: !isPublisher);
            }

            number = null;
            SettingsChanged(days.First, days.Last, skipped + 1, AttemptsMax);
            if (++skipped == AttemptsMax)
            {
                throw new EstimateRefusedException(FormattableString.Invariant(
                    $"A day was published, or the settings changed, during each of {AttemptsMax} attempts to estimate {days}. ")
                    + "Refresh after the closes.");
            }
        }
    }

    /// <summary>Returns what the open days of a period have come to so far: the amounts of the payees on its estimated days only.</summary>
    /// <param name="payeeId">The payee; null for all.</param>
    /// <param name="period">Day, week, month or year.</param>
    /// <param name="date">A business day within the period.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The estimate; without payees when no day of the period is estimated.</returns>
    /// <exception cref="EstimateRefusedException">The estimate was replaced during each attempt to read it.</exception>
    public Task<PeriodEstimate> ReadAsync(
        string? payeeId, CalendarPeriod period, DateOnly date, CancellationToken cancellationToken = default) =>
        _statements.ReadEstimateAsync(payeeId, period, date, cancellationToken);

    /// <summary>Returns the lines of estimated days. Days that are published have none here.</summary>
    /// <param name="days">The posting dates, both ends included.</param>
    /// <param name="filter">The meter, item and payee of the lines; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The lines, ordered by posting date, then meter, item, payee, usage date, kind and restated line, by bytes; all from one consistent
    /// snapshot. On MySQL and MariaDB the snapshot stays open as long as the caller enumerates without a filter by item or payee, and the
    /// server keeps all row versions replaced since then: read to the end without long pauses.
    /// </returns>
    public IAsyncEnumerable<SettlementLine> ReadLinesAsync(
        DateRange days, ItemFilter? filter = null, CancellationToken cancellationToken = default) =>
        _stores.Lines.ReadEstimatedAsync(days, filter ?? new ItemFilter(), includePublished: false, cancellationToken);

    /// <summary>Returns the open days up to that of an instant; null when there is none.</summary>
    private async Task<DateRange?> FindOpenDaysAsync(Settings settings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var last = _plan.Calendar.DayOf(now);
        var first = settings.LastPublished is { } published
            ? published.Day.AddDays(1)
            : await _firstDay.FindAsync(last, cancellationToken).ConfigureAwait(false);
        if (first is not { } open || open > last)
            return null;
        var days = new DateRange(open, last);
        return days.Days <= _plan.Estimates.DaysMax
            ? days
            : throw new EstimateRefusedException(string.Create(
                CultureInfo.InvariantCulture,
                $"{days.Days} days are open, from {open:O} to {last:O}, and at most {_plan.Estimates.DaysMax} are estimated "
                + $"(Estimates.DaysMax). Close days with CloseThroughAsync, or raise the limit."));
    }

    private async Task<Pipeline> PipelineAsync(
        long refresh, DateRange days, DateTimeOffset now, Settings settings, CancellationToken cancellationToken)
    {
        var all = EstimatedDay.All(days, settings);
        var newPeriods = await CounterStart.FindAsync(_stores.Counters, settings, _plan.Calendar, days.First, cancellationToken)
            .ConfigureAwait(false);

        // The instant is not part of it, so that a later call resumes a refresh that failed or was cancelled.
        var fingerprint = string.Create(
            CultureInfo.InvariantCulture, $"{days.First:O} {days.Last:O} {PublishEstimateStep.Fingerprint(settings, days)}");
        var unused = new UnusedAccumulators();
        return new Pipeline(PipelineName, refresh.ToString(CultureInfo.InvariantCulture), fingerprint, [
            new SumEstimateStep([.. all.Select(day => new SumEventsStep(
                _stores.Sums, _stores.Adjustments, _stores.Restatements, _stores.Lines, _plan, day.Settings, day.Day, unused))], _obsolete),
            new PriceEstimateStep(_stores, all, settings.Scales, _plan.Calendar, newPeriods, _plan.PartialsPerItemRange),
            new PublishEstimateStep(_stores.Days, _estimates, _runner, _settings, settings, days, now, refresh),
        ]);
    }

    [LoggerMessage(220, LogLevel.Information,
        "Estimate of {First:yyyy-MM-dd} to {Last:yyyy-MM-dd} refreshed by run {RunId}: {Events} events read by this instance in "
        + "{Seconds:0.0} s.")]
    private partial void EstimateRefreshed(DateOnly first, DateOnly last, long runId, long events, double seconds);

    [LoggerMessage(221, LogLevel.Information,
        "A day was published, or the settings changed, while {First:yyyy-MM-dd} to {Last:yyyy-MM-dd} were estimated; the estimate was not "
        + "replaced (attempt {Attempt} of {Max}).")]
    private partial void SettingsChanged(DateOnly first, DateOnly last, int attempt, int max);
}
