using Microsoft.Extensions.Diagnostics.HealthChecks;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>One host, as the last probes found it.</summary>
internal sealed class ServerHealthCheck(MultiHostDataSource source, string name) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var hosts = source.Servers;
        return Task.FromResult(hosts.FirstOrDefault(h => h.Name == name) is { } host
            ? Result(host, hosts, context.Registration.FailureStatus)
            : new HealthCheckResult(context.Registration.FailureStatus, $"{name} is no host of this database any more."));
    }

    private static HealthCheckResult Result(ServerStatus host, IReadOnlyList<ServerStatus> hosts, HealthStatus failure)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["role"] = host.Role.ToString(),
            ["state"] = host.State.ToString(),
            ["in_flight"] = host.InFlight,
        };
        if (host.Lag is { } lag)
            data["lag_seconds"] = lag.TotalSeconds;
        if (host.Detail.Length > 0)
            data["cause"] = host.Detail;
        if (ServerRemedy.Of(host, hosts) is { Length: > 0 } remedy)
            data["remedy"] = remedy;
        return new HealthCheckResult(Status(host, hosts, failure), ServerText.Sentences(host, hosts), data: data);
    }

    /// <summary>A primary that is down stops the writes, unless another one has taken them over.</summary>
    private static HealthStatus Status(ServerStatus host, IReadOnlyList<ServerStatus> hosts, HealthStatus failure) => host.State switch
    {
        ServerState.Up => HealthStatus.Healthy,
        ServerState.Refused => failure,
        ServerState.Down when host.Role == ServerRole.Primary && !ServerRemedy.IsReplaced(host, Writer.Of(hosts)) => failure,
        _ => HealthStatus.Degraded,
    };
}
