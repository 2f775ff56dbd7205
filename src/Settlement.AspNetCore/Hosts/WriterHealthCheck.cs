using Microsoft.Extensions.Diagnostics.HealthChecks;
using Settlement.Routing;

namespace Settlement.AspNetCore.Hosts;

/// <summary>That exactly one primary takes writes.</summary>
internal sealed class WriterHealthCheck(MultiHostDataSource source) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var writer = Writer.Of(source.Hosts);
        var status = writer.State switch
        {
            WriterState.Present => HealthStatus.Healthy,
            WriterState.Suspect or WriterState.Unknown => HealthStatus.Degraded,
            _ => context.Registration.FailureStatus,
        };
        var data = writer.Name is { } name ? new Dictionary<string, object>(StringComparer.Ordinal) { ["primary"] = name } : null;
        return Task.FromResult(new HealthCheckResult(status, writer.Sentence, data: data));
    }
}
