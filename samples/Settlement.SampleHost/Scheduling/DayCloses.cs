using System.Globalization;
using Microsoft.Extensions.Options;
using Settlement.SampleHost.Hosting;
using Settlements;

namespace Settlement.SampleHost.Scheduling;

/// <summary>
/// Closes days, by the schedule or by hand, and keeps what came of it. That a day is closed once, whoever closes it at the same time, is the
/// library's promise; this adds the history, the progress, and when it is time. Thread-safe.
/// </summary>
internal sealed partial class DayCloses(
    SettlementEngine engine, BusinessCalendar calendar, IOptions<SettlementOptions> settlement, IOptions<ScheduleOptions> schedule, CloseTable closes,
    TimeProvider clock, ILogger<DayCloses> logger)
{
    public const string BySchedule = "schedule";

    /// <summary>How often a close says how far it is.</summary>
    private static readonly TimeSpan SayInterval = TimeSpan.FromSeconds(1);

    /// <summary>After how long without a word a close is taken for lost.</summary>
    private static readonly TimeSpan LostAfter = TimeSpan.FromMinutes(1);

    private long Now => UnixMicroseconds.From(clock.GetUtcNow());

    /// <summary>The last day that is over, grace included.</summary>
    public DateOnly LastDue() => calendar.DayOf(clock.GetUtcNow() - settlement.Value.Grace).AddDays(-1);

    /// <summary>
    /// Closes all that is due: yesterday, and days that were missed. When these are more than may be closed without anybody, it closes none and
    /// says so in the history.
    /// </summary>
    /// <returns>What came of it; null when nothing was due.</returns>
    public async Task<CloseRun?> CloseDueAsync(CancellationToken cancellationToken)
    {
        var due = LastDue();
        var next = await engine.Days.FindNextAsync(cancellationToken) ?? due;
        if (next > due)
            return null;
        var days = due.DayNumber - next.DayNumber + 1;
        if (days <= schedule.Value.CatchUpDaysMax)
            return await RunAsync(await BeginAsync(BySchedule, due, cancellationToken), cancellationToken);

        // Said once a day: hosts that start say it again to nobody.
        return await closes.ListAsync(null, 1, cancellationToken) is [{ State: CloseState.Held } said] && said.ThroughDay == due
            ? said
            : await EndAsync(await BeginAsync(BySchedule, due, cancellationToken) with
            {
                State = CloseState.Held,
                Detail = Said($"{days} days are open, {next:yyyy-MM-dd} to {due:yyyy-MM-dd}; without anybody at most {schedule.Value.CatchUpDaysMax} are closed ({ScheduleOptions.Section}:{nameof(ScheduleOptions.CatchUpDaysMax)}). Close by hand, through a day that you name."),
            });
    }

    /// <summary>Notes a close by hand, to be run.</summary>
    public Task<CloseRun> BeginAsync(string startedBy, DateOnly through, CancellationToken cancellationToken) =>
        AddAsync(startedBy, Checked(through), cancellationToken);

    /// <summary>The day, which is over; else an exception that says which one is.</summary>
    public DateOnly Checked(DateOnly through) => through <= LastDue() ? through : throw PlatformException.Wrong(
        Said($"through is {through:yyyy-MM-dd}. The last day that is over, grace included, is {LastDue():yyyy-MM-dd}."));

    /// <summary>Runs a close to its end. A failure is kept in the history, and thrown.</summary>
    public async Task<CloseRun> RunAsync(CloseRun run, CancellationToken cancellationToken)
    {
        var sink = new Sink();
        string? cancelledBy = null;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            // It may have been cancelled before it began.
            cancelledBy = await closes.SayAsync(run, cancellationToken);
            if (cancelledBy is not null)
                await cancel.CancelAsync();
            cancel.Token.ThrowIfCancellationRequested();
            var closing = engine.Days.CloseThroughAsync(run.ThroughDay, sink, cancel.Token);
            while (await Task.WhenAny(closing, Task.Delay(SayInterval, clock, cancellationToken)) != closing && !cancellationToken.IsCancellationRequested)
            {
                if (sink.Latest is { } progress)
                    run = run with { Progress = progress.Fraction, Detail = Shown(progress), Days = sink.DaysBegun - 1 };
                run = run with { SaidAt = Now };
                cancelledBy ??= await closes.SayAsync(run, CancellationToken.None);
                if (cancelledBy is not null)
                    await cancel.CancelAsync();
            }

            var closed = await closing;
            return await EndAsync(run with
            {
                State = CloseState.Done,
                Progress = 1,
                Days = closed.Count,
                Detail = closed.Count == 0 ? "Every day was closed already." : Said($"Closed {closed[0].Day:yyyy-MM-dd} to {closed[^1].Day:yyyy-MM-dd}: {closed.Sum(d => d.Events)} events."),
            });
        }
        catch (OperationCanceledException) when (cancelledBy is not null && !cancellationToken.IsCancellationRequested)
        {
            return await EndAsync(run with
            {
                State = CloseState.Cancelled,
                Days = await CountPublishedAsync(sink),
                Detail = "An admin cancelled it. Days that were published stay published; the next close continues from there.",
            });
        }
        catch (Exception e)
        {
            var detail = e is OperationCanceledException ? "The host was stopped. What was closed is closed; the next close goes on from there." : e.Message;
            await EndAsync(run with { State = CloseState.Failed, Days = await CountPublishedAsync(sink), Detail = detail });
            if (e is not (OperationCanceledException or CloseRefusedException))
                LogFailed(e, run.Through);
            throw;
        }
    }

    /// <summary>Asks the host that runs a close to stop it; it does between two chunks.</summary>
    public async Task CancelAsync(string closeId, string cancelledBy, CancellationToken cancellationToken)
    {
        if ((await FindAsync(closeId, cancellationToken)).State != CloseState.Running || !await closes.TryCancelAsync(closeId, cancelledBy, cancellationToken))
            throw PlatformException.Conflict("The close is over", "Only a close that is running can be cancelled. What is published stays published.");
    }

    public async Task<CloseRun> FindAsync(string closeId, CancellationToken cancellationToken) =>
        Shown(await closes.FindAsync(closeId, cancellationToken) ?? throw PlatformException.NotFound("close", closeId));

    /// <summary>Closes, the newest first.</summary>
    public async Task<IReadOnlyList<CloseRun>> ListAsync(string? after, int count, CancellationToken cancellationToken) =>
        [.. (await closes.ListAsync(string.IsNullOrEmpty(after) ? null : after, count, cancellationToken)).Select(Shown)];

    private async Task<CloseRun> AddAsync(string startedBy, DateOnly through, CancellationToken cancellationToken)
    {
        var run = new CloseRun
        {
            CloseId = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"), StartedBy = startedBy, Host = $"{Environment.MachineName}/{Environment.ProcessId}",
            Through = Said($"{through:yyyy-MM-dd}"), Detail = "Begins.", StartedAt = Now, SaidAt = Now,
        };
        await closes.AddAsync(run, cancellationToken);
        return run;
    }

    /// <summary>How many days a close published that didn't come to its end: all that it began, but perhaps the last of them.</summary>
    private async Task<int> CountPublishedAsync(Sink sink)
    {
        if (sink.Latest is not { Day: var day })
            return 0;
        var published = await engine.Days.ListPublishedAsync(new DateRange(day, day), CancellationToken.None);
        return sink.DaysBegun - 1 + published.Count;
    }

    private async Task<CloseRun> EndAsync(CloseRun run)
    {
        run = run with { SaidAt = Now, EndedAt = Now };
        await closes.UpdateAsync(run, CancellationToken.None);
        return run;
    }

    private CloseRun Shown(CloseRun run) => run.State == CloseState.Running && UnixMicroseconds.ToInstant(run.SaidAt) + LostAfter < clock.GetUtcNow()
        ? run with { State = CloseState.Lost }
        : run;

    private static string Shown(CloseProgress progress) =>
        Said($"{progress.Day:yyyy-MM-dd}, day {progress.DayNumber} of {progress.Days}: {progress.Run.Step}, {progress.Run.RowsDone} rows.");

    private static string Said(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(EventId = 201, Level = LogLevel.Error, Message = "Closing days through {Through} failed.")]
    private partial void LogFailed(Exception exception, string through);

    /// <summary>What a close has reported. Days close one after the other. Thread-safe.</summary>
    private sealed class Sink : IProgress<CloseProgress>
    {
        private readonly Lock _lock = new();
        private (CloseProgress? Latest, int DaysBegun) _reported;

        public CloseProgress? Latest
        {
            get
            {
                lock (_lock)
                    return _reported.Latest;
            }
        }

        /// <summary>On how many days this close worked: not on those that others had published when it came to them.</summary>
        public int DaysBegun
        {
            get
            {
                lock (_lock)
                    return _reported.DaysBegun;
            }
        }

        public void Report(CloseProgress value)
        {
            lock (_lock)
                _reported = (value, _reported.DaysBegun + (_reported.Latest?.Day == value.Day ? 0 : 1));
        }
    }
}
