using Microsoft.Extensions.Options;
using Quartz;

namespace Settlement.SampleHost.Scheduling;

/// <summary>
/// Starts the scheduler after <see cref="ScheduleOptions.StartDelay"/>. A stop of the host waits until the start has finished: Quartz.NET
/// can't shut down a scheduler that is starting. Registered after Quartz.NET, so that it is stopped before.
/// </summary>
internal sealed class SchedulerStart(
    ISchedulerFactory schedulers, IHostApplicationLifetime host, IOptions<ScheduleOptions> options, TimeProvider clock)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = host.ApplicationStarted.Register(started.SetResult);
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            await Task.Delay(options.Value.StartDelay, clock, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }

        // Without the token: a start that is under way is completed.
        var scheduler = await schedulers.GetScheduler(CancellationToken.None);
        await scheduler.Start(CancellationToken.None);
    }
}
