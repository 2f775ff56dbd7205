using Microsoft.Extensions.Diagnostics.HealthChecks;
using Settlement.Routing;

namespace Settlement.AspNetCore.Hosts;

/// <summary>One host, as the last probes found it.</summary>
internal sealed class HostHealthCheck(MultiHostDataSource source, string name) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(source.Hosts.FirstOrDefault(h => h.Name == name) is { } host
            ? Result(host, context.Registration.FailureStatus)
            : new HealthCheckResult(context.Registration.FailureStatus, $"{name} is no host of this database any more."));

    private static HealthCheckResult Result(HostStatus host, HealthStatus failure)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["role"] = host.Role.ToString(),
            ["state"] = host.State.ToString(),
            ["in_flight"] = host.InFlight,
        };
        if (host.Lag is { } lag)
            data["lag_seconds"] = lag.TotalSeconds;
        var detail = host.Detail.Length > 0 ? $" ({host.Detail.TrimEnd('.')})" : "";
        var lagText = host.Lag is { } behind ? $", at most {HostText.Duration(behind)} behind" : "";
        return new HealthCheckResult(Status(host, failure), $"{host.Name} is {host.State} as {host.Role}{lagText}{detail}.", data: data);
    }

    private static HealthStatus Status(HostStatus host, HealthStatus failure) => host.State switch
    {
        HostState.Up => HealthStatus.Healthy,
        HostState.Refused => failure,
        HostState.Down when host.Role == HostRole.Primary => failure,
        _ => HealthStatus.Degraded,
    };
}
