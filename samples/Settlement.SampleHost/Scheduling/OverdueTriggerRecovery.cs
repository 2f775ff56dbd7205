using Quartz;

namespace Settlement.SampleHost.Scheduling;

/// <summary>
/// Releases triggers that are reserved by a dead instance. An instance reserves a trigger (state ACQUIRED) some seconds before it fires it;
/// if its process is killed in between, the reservation stays. Quartz releases it when an instance starts alone on its database, and in a
/// cluster while the dead instance's rows exist. It does not when a second process uses the same SQLite file, or when these rows were
/// deleted.
/// </summary>
internal sealed partial class OverdueTriggerRecovery(
    ISchedulerFactory schedulers, TimeProvider clock, ILogger<OverdueTriggerRecovery> logger)
    : BackgroundService
{
    /// <summary>
    /// How long a trigger may be overdue. A running instance fires within seconds, or within two misfire thresholds of one minute each
    /// after no instance was running.
    /// </summary>
    public static readonly TimeSpan OverdueAfter = TimeSpan.FromMinutes(3);

    /// <summary>The interval of the check.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await ReleaseAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping.
        }
    }

    private async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            var scheduler = await schedulers.GetScheduler(cancellationToken);
            if (scheduler.Status != SchedulerStatus.Running)
                return;

            // Normal: the trigger waits for its time or is reserved. It is neither blocked by a running job, nor paused, nor in error.
            var now = clock.GetUtcNow();
            var dueBefore = now - OverdueAfter;
            var isAnyReleased = false;
            foreach (var trigger in await scheduler.GetTriggersOfJob(CloseDueJob.Key, cancellationToken))
            {
                if (trigger.NextFireTimeUtc is not { } due || due >= dueBefore
                    || await scheduler.GetTriggerState(trigger.Key, cancellationToken) != TriggerState.Normal)
                {
                    continue;
                }

                // The same trigger, starting now. If another instance has already rescheduled it, it is replaced by an equal one.
                await scheduler.RescheduleJob(trigger.Key, trigger.GetTriggerBuilder().StartAt(now).Build(), cancellationToken);
                LogReleased(trigger.Key.ToString(), due);
                isAnyReleased = true;
            }

            // One extra firing replaces the missed ones: the job closes all due days, and a day is closed once, however many instances
            // fire.
            if (isAnyReleased)
            {
                var missed = TriggerBuilder.Create().ForJob(CloseDueJob.Key).StartAt(now).WithRetryPolicy(ScheduleServices.Retries).Build();
                await scheduler.ScheduleJob(missed, cancellationToken: cancellationToken);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e);
        }
    }

    [LoggerMessage(EventId = 402, Level = LogLevel.Warning,
        Message = "Trigger {Trigger} was due at {Due:yyyy-MM-dd'T'HH:mm:ss'Z'} but was not fired; its instance "
            + "is dead. Rescheduled to fire now.")]
    private partial void LogReleased(string trigger, DateTimeOffset due);

    [LoggerMessage(EventId = 403, Level = LogLevel.Warning, Message = "Could not check for overdue triggers; retrying.")]
    private partial void LogFailed(Exception exception);
}
