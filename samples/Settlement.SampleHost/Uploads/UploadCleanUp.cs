namespace Settlement.SampleHost.Uploads;

/// <summary>Deletes unused files every hour.</summary>
internal sealed partial class UploadCleanUp(UploadStore store, TimeProvider clock, ILogger<UploadCleanUp> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await CleanUpAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping.
        }
    }

    private async Task CleanUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.CleanUpAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(Interval, e);
        }
    }

    [LoggerMessage(EventId = 310, Level = LogLevel.Warning, Message = "Could not delete unused uploads; trying again in {Interval}.")]
    private partial void LogFailed(TimeSpan interval, Exception exception);
}
