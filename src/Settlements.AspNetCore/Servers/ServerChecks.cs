using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>Registers the health checks of a data source and its servers, when the data source can be resolved.</summary>
internal sealed class ServerChecks(MultiHostDataSource source, string name, string[] tags) : IConfigureOptions<HealthCheckServiceOptions>
{
    public void Configure(HealthCheckServiceOptions options)
    {
        options.Registrations.Add(new HealthCheckRegistration(name, new PrimaryHealthCheck(source), failureStatus: null, tags));
        foreach (var server in source.Servers)
        {
            options.Registrations.Add(new HealthCheckRegistration(
                $"{name}:{server.Name}", new ServerHealthCheck(source, server.Name), failureStatus: null, tags));
        }
    }
}
