namespace Settlement.SampleHost.Usage;

/// <summary>Sends the usage of this instance's plays to ClickHouse soon after it was committed, and retries.</summary>
internal sealed partial class UsageForwarder(
    UsageOutbox outbox, UsageSignal signal, ClickHouseUsageOptions options, TimeProvider clock, ILogger<UsageForwarder> logger)
    : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // What a previous process of this instance left, and at an interval what a dead instance left.
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
            // The host is stopping. The next start, or another instance, sends the remaining events.
        }
    }

    private async Task<bool> TrySendAsync(CancellationToken stoppingToken)
    {
        try
        {
            await outbox.ForwardOwnAsync(stoppingToken);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            LogFailed(e.Message, e is ClickHouseUsageException ? null : e);
            return false;
        }
    }

    [LoggerMessage(EventId = 220, Level = LogLevel.Warning,
        Message = "Could not send usage events; retrying. They are kept in the table usage_outbox. {Reason}")]
    private partial void LogFailed(string reason, Exception? exception);
}
