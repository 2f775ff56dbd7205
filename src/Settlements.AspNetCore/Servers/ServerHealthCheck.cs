using Microsoft.Extensions.Diagnostics.HealthChecks;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>Reports the health of one server, as of its last probe.</summary>
internal sealed class ServerHealthCheck(MultiHostDataSource source, string name) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var servers = source.Servers;
        return Task.FromResult(servers.FirstOrDefault(s => s.Name == name) is { } server
            ? Result(server, servers, context.Registration.FailureStatus)
            : new HealthCheckResult(context.Registration.FailureStatus, $"{name} is no longer a server of this database."));
    }

    private static HealthCheckResult Result(ServerStatus server, IReadOnlyList<ServerStatus> servers, HealthStatus failure)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["role"] = server.Role.ToString(),
            ["state"] = server.State.ToString(),
            ["in_flight"] = server.InFlight,
        };
        if (server.Lag is { } lag)
            data["lag_seconds"] = lag.TotalSeconds;
        if (server.Detail.Length > 0)
            data["cause"] = server.Detail;
        if (ServerRemedy.Of(server, servers) is { Length: > 0 } remedy)
            data["remedy"] = remedy;
        return new HealthCheckResult(Status(server, servers, failure), ServerText.Sentences(server, servers), data: data);
    }

    /// <summary>A primary that is down stops all writes, unless another server has become the primary.</summary>
    private static HealthStatus Status(ServerStatus server, IReadOnlyList<ServerStatus> servers, HealthStatus failure) =>
        server.State switch
        {
            ServerState.Up => HealthStatus.Healthy,
            ServerState.Refused => failure,
            ServerState.Down when server.Role == ServerRole.Primary && !ServerRemedy.IsReplaced(server, PrimaryStatus.Of(servers)) =>
                failure,
            _ => HealthStatus.Degraded,
        };
}
