using System.Data.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Settlement.SampleHost.Database;
using Settlements;

namespace Settlement.SampleHost.Hosting;

/// <summary>Whether the tables of the settlement and of the platform are there, up to the last file, at the primary. Thread-safe.</summary>
internal sealed class SchemaCheck(SettlementEngine engine, PlatformDatabase database) : IHealthCheck
{
    /// <summary>A database that doesn't answer in this time can't serve either. Shorter than the whole question may take, so that the answer names it.</summary>
    public static readonly TimeSpan Timeout = ReadyQuestion.Patience - TimeSpan.FromSeconds(1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await engine.Days.FindNextAsync(cancellationToken);
            return await database.HasSchemaAsync(cancellationToken)
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("The platform's tables are not those that this program knows. Older ones are brought up to date when it starts; of newer ones a newer program has to take care.");
        }
        catch (Exception e) when (e is DbException or SchemaException)
        {
            return HealthCheckResult.Unhealthy("The tables can't be read.", e);
        }
    }
}
