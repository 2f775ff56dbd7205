using Quartz;
using Settlement.SampleHost.Notifications;
using Settlements;

namespace Settlement.SampleHost.Scheduling;

/// <summary>The scheduled job. A failed run is retried with back-off; if its instance dies, another instance recovers it.</summary>
[DisallowConcurrentExecution]
internal sealed class CloseDueJob(DayCloses closes, AmountNotices notices, IHostApplicationLifetime lifetime) : IJob
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
            // Recorded in the history with its remedy; a retry would be refused again.
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The host is stopping. Its next start, or another instance, resumes the close.
        }
        finally
        {
            await notices.TryCatchUpAsync(stop.Token);
        }
    }
}
