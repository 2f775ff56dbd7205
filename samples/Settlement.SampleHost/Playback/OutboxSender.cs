namespace Settlement.SampleHost.Playback;

/// <summary>Sends events as they come, and every few seconds what another host left behind.</summary>
internal sealed partial class OutboxSender(EventOutbox outbox, TimeProvider clock, ILogger<OutboxSender> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = clock.CreateTimer(_ => outbox.Signal(), null, TimeSpan.Zero, Interval);
        await foreach (var _ in outbox.Signals.ReadAllAsync(stoppingToken))
        {
            try
            {
                await outbox.SendAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The events stay where they are, and the timer tries again.
                LogFailed(e);
            }
        }
    }

    /// <summary>After the last request: what it noted is not left to the next start, or to another host.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await outbox.SendAsync(cancellationToken);
        }
        catch (Exception e)
        {
            // Late, or without a database: they are in the outbox, and sent by whoever comes next.
            LogFailed(e);
        }
    }

    [LoggerMessage(EventId = 102, Level = LogLevel.Warning, Message = "Events could not be sent to the settlement; they are kept and tried again.")]
    private partial void LogFailed(Exception exception);
}
