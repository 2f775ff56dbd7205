using Quartz;
using Settlements;

namespace Settlement.SampleHost.Scheduling;

/// <summary>What the schedule fires. When it fails it is fired again, later each time; when its host goes, another one's takes it over.</summary>
[DisallowConcurrentExecution]
internal sealed class CloseDueJob(DayCloses closes, IHostApplicationLifetime lifetime) : IJob
{
    public static readonly JobKey Key = new("close-due-days");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            await closes.CloseDueAsync(stop.Token);
        }
        catch (CloseRefusedException)
        {
            // It is in the history with its remedy, and trying again changes nothing.
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The host stops. Its next start, or another host, goes on.
        }
    }
}
