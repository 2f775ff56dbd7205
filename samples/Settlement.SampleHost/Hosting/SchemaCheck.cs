using System.Data.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Settlement.SampleHost.Database;
using Settlements;

namespace Settlement.SampleHost.Hosting;

/// <summary>Checks that the tables of the settlement and of the platform are up to date on the primary. Thread-safe.</summary>
internal sealed class SchemaCheck(SettlementEngine engine, PlatformDatabase database) : IHealthCheck
{
    /// <summary>The timeout of the check: shorter than that of the readiness probe, so that the response names the failed check.</summary>
    public static readonly TimeSpan Timeout = ReadinessProbe.Timeout - TimeSpan.FromSeconds(1);

    private static readonly DateOnly AnyDay = new(2000, 1, 1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Reads the settlement's tables and no source: one in another engine may be down while this host serves.
            await engine.Days.ListPublishedAsync(new DateRange(AnyDay, AnyDay), cancellationToken);
            return await database.HasSchemaAsync(cancellationToken)
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy(
                    "The version of the platform's tables differs from this program's. Restart it to upgrade older "
                    + "tables; newer tables need a newer program.");
        }
        catch (Exception e) when (e is DbException or SchemaException)
        {
            return HealthCheckResult.Unhealthy("The tables can't be read.", e);
        }
    }
}
