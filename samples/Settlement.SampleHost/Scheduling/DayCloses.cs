using System.Globalization;
using Microsoft.Extensions.Options;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Usage;
using Settlements;

namespace Settlement.SampleHost.Scheduling;

/// <summary>
/// Closes days, scheduled or manually, and stores a history of closes. The library guarantees that a day is closed once, also under
/// concurrent closes; this class adds the history, the progress and the due date. Thread-safe.
/// </summary>
internal sealed partial class DayCloses(
    SettlementEngine engine, PlayUsage usage, NextDay nextDay, BusinessCalendar calendar, IOptions<SettlementOptions> settlement,
    IOptions<ScheduleOptions> schedule, CloseTable closes, TimeProvider clock, ILogger<DayCloses> logger)
{
    public const string BySchedule = "schedule";

    /// <summary>The interval at which a running close stores its progress.</summary>
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(1);

    /// <summary>The age of the last heartbeat from which a running close counts as lost.</summary>
    private static readonly TimeSpan LostAfter = TimeSpan.FromMinutes(1);

    /// <summary>The number of published days that a close compares with a source whose writers it doesn't lock.</summary>
    private const int ReconciledDays = 3;

    private long Now => UnixMicroseconds.From(clock.GetUtcNow());

    /// <summary>Returns the last day that has ended, including the grace period.</summary>
    public DateOnly LastDue() => calendar.DayOf(clock.GetUtcNow() - settlement.Value.Grace).AddDays(-1);

    /// <summary>Returns the days that have ended, grace period included, and are not closed; null if there are none.</summary>
    public async Task<DateRange?> FindWaitingAsync(CancellationToken cancellationToken)
    {
        var due = LastDue();
        return await nextDay.FindAsync(cancellationToken) is { } next && next <= due ? new DateRange(next, due) : null;
    }

    /// <summary>
    /// Closes all due days: yesterday and missed days. If more days are due than the schedule may close unattended, closes none and records
    /// that in the history.
    /// </summary>
    /// <returns>The close; null if no day was due.</returns>
    public async Task<CloseRun?> CloseDueAsync(CancellationToken cancellationToken)
    {
        var due = LastDue();
        var next = await engine.Days.FindNextAsync(cancellationToken) ?? due;
        if (next > due)
            return null;
        var days = due.DayNumber - next.DayNumber + 1;
        if (days <= schedule.Value.CatchUpDaysMax)
            return await RunAsync(await BeginAsync(BySchedule, due, cancellationToken), cancellationToken);

        // Recorded once a day, not again by each instance that starts.
        return await closes.ListAsync(null, 1, cancellationToken) is [{ State: CloseState.Held } held] && held.ThroughDay == due
            ? held
            : await EndAsync(await BeginAsync(BySchedule, due, cancellationToken) with
            {
                State = CloseState.Held,
                Detail = Invariant(
                    $"{days} days are due, {next:yyyy-MM-dd} to {due:yyyy-MM-dd}; the schedule closes at most ")
                        + FormattableString.Invariant($"{schedule.Value.CatchUpDaysMax} ")
                    + $"({ScheduleOptions.Section}:{nameof(ScheduleOptions.CatchUpDaysMax)}). Close them "
                    + $"manually, through a day that you choose.",
            });
    }

    /// <summary>Records a manual close, to be run by <see cref="RunAsync"/>.</summary>
    public Task<CloseRun> BeginAsync(string startedBy, DateOnly through, CancellationToken cancellationToken) =>
        AddAsync(startedBy, ValidateThrough(through), cancellationToken);

    /// <summary>Returns a day that has ended.</summary>
    /// <exception cref="PlatformException">The day has not ended, grace period included.</exception>
    public DateOnly ValidateThrough(DateOnly through) => through <= LastDue() ? through : throw PlatformException.BadRequest(
        $"through is {through:yyyy-MM-dd}. Use {LastDue():yyyy-MM-dd} or earlier: the last day that has ended, grace period included.");

    /// <summary>Runs a close to its end. A failure is recorded in the history and rethrown.</summary>
    public async Task<CloseRun> RunAsync(CloseRun run, CancellationToken cancellationToken)
    {
        var sink = new ProgressSink();
        string? cancelledBy = null;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            // It may have been cancelled before it started.
            cancelledBy = await closes.ReportProgressAsync(run, cancellationToken);
            if (cancelledBy is not null)
                await cancel.CancelAsync();
            cancel.Token.ThrowIfCancellationRequested();
            var closing = CloseThroughAsync(run.ThroughDay, sink, cancel.Token);
            while (await Task.WhenAny(closing, Task.Delay(HeartbeatInterval, clock, cancellationToken)) != closing
                && !cancellationToken.IsCancellationRequested)
            {
                if (sink.Latest is { } progress)
                    run = run with { Progress = progress.Fraction, Detail = Describe(progress), Days = sink.DaysStarted - 1 };
                run = run with { HeartbeatAt = Now };
                cancelledBy ??= await closes.ReportProgressAsync(run, CancellationToken.None);
                if (cancelledBy is not null)
                    await cancel.CancelAsync();
            }

            var closed = await closing;
            return await EndAsync(run with
            {
                State = CloseState.Done,
                Progress = 1,
                Days = closed.Count,
                Detail = closed.Count == 0
                    ? "All days were already closed."
                    : Invariant($"Closed {closed[0].Day:yyyy-MM-dd} to {closed[^1].Day:yyyy-MM-dd}: {closed.Sum(d => d.Events)} events."),
            });
        }
        catch (OperationCanceledException) when (cancelledBy is not null && !cancellationToken.IsCancellationRequested)
        {
            return await EndAsync(run with
            {
                State = CloseState.Cancelled,
                Days = await CountPublishedAsync(sink),
                Detail = "Cancelled by an admin. Published days stay published; the next close resumes from there.",
            });
        }
        catch (Exception e)
        {
            var detail = e is OperationCanceledException
                ? "The host was stopped. Published days stay published; the next close resumes from there."
                : e.Message;
            await EndAsync(run with { State = CloseState.Failed, Days = await CountPublishedAsync(sink), Detail = detail });
            if (e is not (OperationCanceledException or CloseRefusedException))
                LogFailed(e, run.Through);
            throw;
        }
    }

    /// <summary>Requests the cancellation of a running close, on whichever instance it runs; it stops between two chunks.</summary>
    public async Task CancelAsync(string closeId, string cancelledBy, CancellationToken cancellationToken)
    {
        if ((await FindAsync(closeId, cancellationToken)).State != CloseState.Running
            || !await closes.TryCancelAsync(closeId, cancelledBy, cancellationToken))
        {
            throw PlatformException.Conflict(
                "The close has ended", "Only a running close can be cancelled. Published days stay published.");
        }
    }

    public async Task<CloseRun> FindAsync(string closeId, CancellationToken cancellationToken) =>
        WithLostState(await closes.FindAsync(closeId, cancellationToken) ?? throw PlatformException.NotFound("close", closeId));

    /// <summary>Returns closes, newest first.</summary>
    public async Task<IReadOnlyList<CloseRun>> ListAsync(string? after, int count, CancellationToken cancellationToken) =>
        [.. (await closes.ListAsync(string.IsNullOrEmpty(after) ? null : after, count, cancellationToken)).Select(WithLostState)];

    private async Task<CloseRun> AddAsync(string startedBy, DateOnly through, CancellationToken cancellationToken)
    {
        var run = new CloseRun
        {
            CloseId = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"), StartedBy = startedBy, Instance = InstanceRegistry.Name,
            Through = Invariant($"{through:yyyy-MM-dd}"), Detail = "Starting.", StartedAt = Now, HeartbeatAt = Now,
        };
        await closes.AddAsync(run, cancellationToken);
        return run;
    }

    private async Task<IReadOnlyList<ClosedDay>> CloseThroughAsync(DateOnly through, ProgressSink sink, CancellationToken cancellationToken)
    {
        await usage.ForwardAsync(calendar.RangeOf(through).End, cancellationToken);
        if (usage.IsReconciled && await engine.Days.FindNextAsync(cancellationToken) is { } next)
        {
            // Plays that were being committed while their day was closed are posted to the first open day, with their usage date.
            var found = await engine.Reconciler.ReconcileAsync(
                new DateRange(next.AddDays(-ReconciledDays), next.AddDays(-1)), cancellationToken: cancellationToken);
            if (found.PostedCount > 0)
                LogPosted(found.PostedCount, found.EventsPosted);
            if (found.ReportedCount > 0)
                LogReported(found.ReportedCount);
        }

        return await engine.Days.CloseThroughAsync(through, sink, cancellationToken);
    }

    /// <summary>Returns the number of days that an incomplete close published: all that it started, except possibly the last.</summary>
    private async Task<int> CountPublishedAsync(ProgressSink sink)
    {
        if (sink.Latest is not { Day: var day })
            return 0;
        var published = await engine.Days.ListPublishedAsync(new DateRange(day, day), CancellationToken.None);
        return sink.DaysStarted - 1 + published.Count;
    }

    private async Task<CloseRun> EndAsync(CloseRun run)
    {
        run = run with { HeartbeatAt = Now, EndedAt = Now };
        await closes.UpdateAsync(run, CancellationToken.None);
        return run;
    }

    private CloseRun WithLostState(CloseRun run) =>
        run.State == CloseState.Running && UnixMicroseconds.ToInstant(run.HeartbeatAt) + LostAfter < clock.GetUtcNow()
            ? run with { State = CloseState.Lost }
            : run;

    private static string Describe(CloseProgress progress) =>
        Invariant($"{progress.Day:yyyy-MM-dd}, day {progress.DayNumber} of {progress.Days}: ")
            + FormattableString.Invariant($"{progress.Run.Step}, {progress.Run.RowsDone} rows.");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(EventId = 401, Level = LogLevel.Error, Message = "Closing days through {Through} failed.")]
    private partial void LogFailed(Exception exception, string through);

    [LoggerMessage(EventId = 406, Level = LogLevel.Information,
        Message = "Usage was found after the close of its day: {Differences} differences of {Events} events are posted to the first open "
            + "day.")]
    private partial void LogPosted(long differences, long events);

    [LoggerMessage(EventId = 407, Level = LogLevel.Warning,
        Message = "{Differences} differences between closed days and their sources are not posted: usage was deleted or changed. Compare "
            + "the days on the page of corrections.")]
    private partial void LogReported(long differences);

    /// <summary>Receives the progress of a close. Days are closed one after another. Thread-safe.</summary>
    private sealed class ProgressSink : IProgress<CloseProgress>
    {
        private readonly Lock _lock = new();
        private (CloseProgress? Latest, int DaysStarted) _reported;

        public CloseProgress? Latest
        {
            get
            {
                lock (_lock)
                    return _reported.Latest;
            }
        }

        /// <summary>The number of days that this close started, without days that another close had already published.</summary>
        public int DaysStarted
        {
            get
            {
                lock (_lock)
                    return _reported.DaysStarted;
            }
        }

        public void Report(CloseProgress value)
        {
            lock (_lock)
                _reported = (value, _reported.DaysStarted + (_reported.Latest?.Day == value.Day ? 0 : 1));
        }
    }
}
