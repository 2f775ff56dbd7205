using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>Adds the checks once the hosts are known, which is when the data source can be made.</summary>
internal sealed class ServerChecks(MultiHostDataSource source, string name, string[] tags) : IConfigureOptions<HealthCheckServiceOptions>
{
    public void Configure(HealthCheckServiceOptions options)
    {
        options.Registrations.Add(new HealthCheckRegistration(name, new WriterHealthCheck(source), failureStatus: null, tags));
        foreach (var host in source.Servers)
            options.Registrations.Add(new HealthCheckRegistration($"{name}:{host.Name}", new ServerHealthCheck(source, host.Name), failureStatus: null, tags));
    }
}
