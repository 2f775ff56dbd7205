using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Hosting;

/// <summary>Health endpoints: liveness, readiness, quarantine; and the state of the database servers, for admins.</summary>
internal static class HealthRoutes
{
    public const string Live = "/health/live";
    public const string Ready = "/health/ready";
    public const string Servers = "/servers";
    public const string Quarantined = "/health/quarantine";

    /// <summary>The tag of the checks that decide readiness.</summary>
    public const string ReadyTag = "ready";

    private const string Database = "database";
    private const string Quarantine = "quarantine";

    public static void AddHealth(this IServiceCollection services) => services.AddSingleton<ReadinessProbe>().AddHealthChecks()
        .AddDatabaseServers(Database, [ReadyTag])
        .AddCheck<SchemaCheck>("schema", tags: [ReadyTag], timeout: SchemaCheck.Timeout)
        .AddQuarantine(Quarantine)
        .AddCheck<StoppingCheck>("stopping", tags: [ReadyTag]);

    public static void MapHealth(this WebApplication app)
    {
        // Liveness runs no checks: restarting the process does not help when the database is unavailable.
        app.MapHealthChecks(Live, new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });

        app.MapGet(Ready, CheckAsync);
        app.MapDatabaseServers(Servers).RequireAuthorization(Roles.Admin);

        // Not part of readiness: quarantined usage needs an operator, and the host can serve.
        app.MapHealthChecks(
            Quarantined, new HealthCheckOptions { Predicate = check => check.Name == Quarantine, ResponseWriter = WriteAsync })
            .RequireAuthorization(Roles.Admin);
    }

    private static async Task CheckAsync(HttpContext context, ReadinessProbe probe)
    {
        // The database as a whole, without the checks of single servers: an unavailable replica does not make the host unready.
        var report = await probe.CheckAsync(
            check => check.Tags.Contains(ReadyTag)
                && !check.Name.StartsWith($"{Database}:", StringComparison.Ordinal), context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store, no-cache";
        if (report is null or { Status: HealthStatus.Unhealthy })
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        if (report is null)
        {
            await context.Response.WriteAsJsonAsync(
                new HealthResponse($"No response within {ReadinessProbe.Timeout.TotalSeconds} s", new Dictionary<string, string>()),
                context.RequestAborted);
        }
        else
        {
            await WriteAsync(context, report);
        }
    }

    /// <summary>Writes names and states only: the endpoint is public, and descriptions may contain messages of the servers.</summary>
    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
new HealthResponse(report.Status.ToString(), report.Entries.ToDictionary(
    e => e.Key, e => e.Value.Status.ToString(), StringComparer.Ordinal)),
        context.RequestAborted);

    private sealed record HealthResponse(string Status, IReadOnlyDictionary<string, string> Checks);
}
