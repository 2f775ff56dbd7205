using Microsoft.Extensions.Options;
using Settlement.SampleHost.Reports;
using Settlement.SampleHost.Usage;
using Settlements;

namespace Settlement.SampleHost.Scheduling;

/// <summary>
/// Refreshes the estimate of the open days at the start, at an interval unless another instance has, and seconds after plays of this
/// instance; one refresh at a time. Instances that refresh at the same time share the estimate.
/// </summary>
internal sealed partial class EstimateRefresher(
    SettlementEngine engine, PlayUsage usage, OpenEstimates estimates, BusinessCalendar calendar, EstimateSignal signal,
    IOptions<EstimateScheduleOptions> options, TimeProvider clock,
    ILogger<EstimateRefresher> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            signal.Set();
            while (true)
            {
                if (!await signal.WaitAsync(options.Value.Interval, clock, stoppingToken) && await IsRecentAsync(stoppingToken))
                    continue;
                await Task.Delay(options.Value.Delay, clock, stoppingToken);
                var started = clock.GetTimestamp();
                await RefreshAsync(stoppingToken);
                await Task.Delay(clock.GetElapsedTime(started) / options.Value.TimeShareMax, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping. The previous estimate remains.
        }
    }

    /// <summary>Returns whether another instance has refreshed the estimate within the interval.</summary>
    private async Task<bool> IsRecentAsync(CancellationToken stoppingToken)
    {
        try
        {
            var now = clock.GetUtcNow();
            return await estimates.FindInstantAsync(calendar.DayOf(now), stoppingToken) is { } asOf && now - asOf < options.Value.Interval;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e);
            return false;
        }
    }

    private async Task RefreshAsync(CancellationToken stoppingToken)
    {
        try
        {
            var now = clock.GetUtcNow();
            await usage.ForwardAsync(now, stoppingToken);
            await engine.Estimates.RefreshAsync(now, cancellationToken: stoppingToken);
        }
        catch (EstimateRefusedException e)
        {
            // Days are waiting for a close, or for an admin who chooses the last one to close.
            LogRefused(e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e);
        }
    }

    [LoggerMessage(EventId = 404, Level = LogLevel.Information, Message = "The open days are not estimated: {Reason}")]
    private partial void LogRefused(string reason);

    [LoggerMessage(EventId = 405, Level = LogLevel.Warning, Message = "Could not estimate the open days; retrying.")]
    private partial void LogFailed(Exception exception);
}
