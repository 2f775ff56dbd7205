using System.Collections.Concurrent;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Notifications;

namespace Settlement.SampleHost.Scheduling;

/// <summary>Runs closes requested by admins in the background, one at a time per instance. They are stopped with the host.</summary>
internal sealed class ManualCloses(
    DayCloses closes, AmountNotices notices, CurrentCausalSession session, IHostApplicationLifetime lifetime) : IAsyncDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);

    /// <summary>Starts a close and returns before its end.</summary>
    public async Task<CloseRun> StartAsync(string startedBy, DateOnly through, CancellationToken cancellationToken)
    {
        if (!await _one.WaitAsync(0, cancellationToken))
        {
            throw PlatformException.Conflict(
                "A close is running", "This instance is already closing days. Wait for the end of that close: GET /api/schedule/closes.");
        }

        try
        {
            var run = await closes.BeginAsync(startedBy, through, cancellationToken);
            _running[run.CloseId] = session.StartDetached(() => RunAsync(run));
            return run;
        }
        catch
        {
            _one.Release();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await WhenIdleAsync();
        _one.Dispose();
    }

    /// <summary>Waits for the end of all running closes.</summary>
    public Task WhenIdleAsync() => Task.WhenAll(_running.Values);

    private async Task RunAsync(CloseRun run)
    {
        try
        {
            await closes.RunAsync(run, lifetime.ApplicationStopping);
        }
        catch (Exception)
        {
            // Already recorded in the history, and logged unless the host was stopped.
        }
        finally
        {
            await notices.TryCatchUpAsync(lifetime.ApplicationStopping);
            _one.Release();
            _running.TryRemove(run.CloseId, out _);
        }
    }
}
