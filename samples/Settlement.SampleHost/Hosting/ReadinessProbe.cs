using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Settlement.SampleHost.Hosting;

/// <summary>
/// Runs the readiness checks for at most <see cref="Timeout"/>: SQLite calls wait for a lock regardless of the cancellation token.
/// Concurrent callers share one run, so that no further connection is opened. Thread-safe.
/// </summary>
internal sealed class ReadinessProbe(HealthCheckService health)
{
    /// <summary>The maximum duration: most load balancers wait no longer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private Task<HealthReport>? _running;

    /// <summary>Returns the report, or null if the checks did not complete in time.</summary>
    public async Task<HealthReport?> CheckAsync(Func<HealthCheckRegistration, bool> which, CancellationToken cancellationToken)
    {
        Task<HealthReport> running;
        lock (_lock)
        {
            // Without the caller's token: other callers may share the run.
            if (_running is not { IsCompleted: false })
                _running = Task.Run(() => health.CheckHealthAsync(which, CancellationToken.None), CancellationToken.None);
            running = _running;
        }

        try
        {
            return await running.WaitAsync(Timeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
