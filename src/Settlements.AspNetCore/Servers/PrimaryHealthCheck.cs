using Microsoft.Extensions.Diagnostics.HealthChecks;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>
/// Checks that exactly one primary takes writes. Names each server that prevents this, or may prevent it later, with a remedy.
/// </summary>
internal sealed class PrimaryHealthCheck(MultiHostDataSource source) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var servers = source.Servers;
        var primary = PrimaryStatus.Of(servers);
        var replaced = servers.Where(s => ServerRemedy.IsReplaced(s, primary)).ToList();
        var status = primary.State switch
        {
            PrimaryState.Present when replaced.Count == 0 => HealthStatus.Healthy,
            PrimaryState.Present or PrimaryState.Suspect or PrimaryState.Unknown => HealthStatus.Degraded,
            _ => context.Registration.FailureStatus,
        };
        var concerned = primary.State switch
        {
            PrimaryState.Present => replaced,
            PrimaryState.Unknown => [],
            _ => [.. servers.Where(s => s.Role == ServerRole.Primary && s.State != ServerState.Up)],
        };
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        if (primary.Name is { } name)
            data["primary"] = name;
        foreach (var server in concerned)
            data[$"remedy:{server.Name}"] = ServerRemedy.Of(server, servers);
        var description = string.Join(' ', [primary.Description, .. concerned.Select(s => ServerText.Sentences(s, servers))]);
        return Task.FromResult(new HealthCheckResult(status, description, data: data));
    }
}
