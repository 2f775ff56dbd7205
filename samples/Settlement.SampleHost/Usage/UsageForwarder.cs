namespace Settlement.SampleHost.Usage;

/// <summary>
/// Sends the events of the outbox to ClickHouse soon after their commit, and retries: this instance's, and those that others left.
/// </summary>
internal sealed partial class UsageForwarder(
    UsageOutbox outbox, ClickHouseInserts inserts, UsageSignal signal, ClickHouseUsageOptions options, TimeProvider clock,
    ILogger<UsageForwarder> logger)
    : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // At start, and at least every OrphanedAfter: events of instances that ended before they sent them.
            signal.Set();
            while (true)
            {
                await signal.WaitAsync(UsageOutbox.OrphanedAfter, clock, stoppingToken);
                await Task.Delay(options.Delay, clock, stoppingToken);
                if (!await TrySendAsync(stoppingToken))
                {
                    await Task.Delay(RetryDelay, clock, stoppingToken);
                    signal.Set();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The application is stopping. The next start, or another instance, sends the remaining events.
        }
    }

    private async Task<bool> TrySendAsync(CancellationToken stoppingToken)
    {
        try
        {
            await outbox.ForwardOwnAndOrphanedAsync(stoppingToken);

            // Without a further event, the health check would not notice that ClickHouse answers again.
            if (inserts.Failure is not null)
                await inserts.RequireTableAsync(stoppingToken);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            LogFailed(e.Message, e is ClickHouseUsageException ? null : e);
            return false;
        }
    }

    [LoggerMessage(EventId = 420, Level = LogLevel.Warning,
        Message = "Could not send usage events; retrying. They are kept in the table usage_outbox. {Reason}")]
    private partial void LogFailed(string reason, Exception? exception);
}
