using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Settlement.SampleHost.Hosting;

/// <summary>
/// Asks the checks without which a host is sent no requests, and never longer than <see cref="Patience"/>: SQLite's calls wait for a lock without
/// heeding anybody's token. While one asking waits, others wait for the same, so that no second connection is opened. Thread-safe.
/// </summary>
internal sealed class ReadyQuestion(HealthCheckService health)
{
    /// <summary>Most load balancers wait no longer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _asking = new();
    private Task<HealthReport>? _asked;

    /// <summary>Null when the checks did not answer in time.</summary>
    public async Task<HealthReport?> AskAsync(Func<HealthCheckRegistration, bool> which, CancellationToken cancellationToken)
    {
        Task<HealthReport> asked;
        lock (_asking)
        {
            // Of no caller's token: others may wait for the same.
            if (_asked is not { IsCompleted: false })
                _asked = Task.Run(() => health.CheckHealthAsync(which, CancellationToken.None), CancellationToken.None);
            asked = _asked;
        }

        try
        {
            return await asked.WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
