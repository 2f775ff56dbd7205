using Quartz;

namespace Settlement.SampleHost.Scheduling;

/// <summary>
/// Frees triggers that nobody fires any more. An instance reserves a trigger (state ACQUIRED) some seconds before it fires it; when its process is
/// killed in between, the reservation stays. Quartz frees it when an instance starts that is alone on its database, and in a cluster as long as the
/// dead instance's own rows tell whose it was. It does not where a second process goes on with the same SQLite file, or where these rows are gone.
/// </summary>
internal sealed partial class StrandedTriggers(ISchedulerFactory schedulers, TimeProvider clock, ILogger<StrandedTriggers> logger) : BackgroundService
{
    /// <summary>
    /// A trigger that is due for longer is fired by nobody. An instance that lives fires within seconds, or within two misfire thresholds of a
    /// minute each after all instances were away.
    /// </summary>
    public static readonly TimeSpan OverdueAfter = TimeSpan.FromMinutes(3);

    /// <summary>How often it is looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await FreeAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task FreeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var scheduler = await schedulers.GetScheduler(cancellationToken);
            if (scheduler.Status != SchedulerStatus.Running)
                return;

            // Normal is a trigger that waits for its time or is reserved: neither blocked by a firing that runs, nor paused, nor broken.
            var now = clock.GetUtcNow();
            var dueBefore = now - OverdueAfter;
            var isAnyFreed = false;
            foreach (var trigger in await scheduler.GetTriggersOfJob(CloseDueJob.Key, cancellationToken))
            {
                if (trigger.NextFireTimeUtc is not { } due || due >= dueBefore
                    || await scheduler.GetTriggerState(trigger.Key, cancellationToken) != TriggerState.Normal)
                {
                    continue;
                }

                // The same trigger, from now on. Where another instance was first, there is nothing to replace, or it is replaced by its equal.
                await scheduler.RescheduleJob(trigger.Key, trigger.GetTriggerBuilder().StartAt(now).Build(), cancellationToken);
                LogFreed(trigger.Key.ToString(), due);
                isAnyFreed = true;
            }

            // What was missed is made up for once: the job closes all that is due, and a day is closed once, however many fire.
            if (isAnyFreed)
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

    [LoggerMessage(EventId = 202, Level = LogLevel.Warning,
        Message = "Trigger {Trigger} was due at {Due:yyyy-MM-dd'T'HH:mm:ss'Z'} and no instance fired it: the one that had reserved it is gone. It is put back and fires now.")]
    private partial void LogFreed(string trigger, DateTimeOffset due);

    [LoggerMessage(EventId = 203, Level = LogLevel.Warning, Message = "Overdue triggers could not be looked at; it is tried again.")]
    private partial void LogFailed(Exception exception);
}
