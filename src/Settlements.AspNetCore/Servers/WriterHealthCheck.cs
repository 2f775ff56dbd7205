using Microsoft.Extensions.Diagnostics.HealthChecks;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>That exactly one primary takes writes; and of each host that keeps this from being so, or may end it, what to do.</summary>
internal sealed class WriterHealthCheck(MultiHostDataSource source) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var hosts = source.Servers;
        var writer = Writer.Of(hosts);
        var replaced = hosts.Where(h => ServerRemedy.IsReplaced(h, writer)).ToList();
        var status = writer.State switch
        {
            WriterState.Present when replaced.Count == 0 => HealthStatus.Healthy,
            WriterState.Present or WriterState.Suspect or WriterState.Unknown => HealthStatus.Degraded,
            _ => context.Registration.FailureStatus,
        };
        var concerned = writer.State switch
        {
            WriterState.Present => replaced,
            WriterState.Unknown => [],
            _ => [.. hosts.Where(h => h.Role == ServerRole.Primary && h.State != ServerState.Up)],
        };
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        if (writer.Name is { } name)
            data["primary"] = name;
        foreach (var host in concerned)
            data[$"remedy:{host.Name}"] = ServerRemedy.Of(host, hosts);
        return Task.FromResult(new HealthCheckResult(status, string.Join(' ', [writer.Sentence, .. concerned.Select(h => ServerText.Sentences(h, hosts))]), data: data));
    }
}
