using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Hosting;

/// <summary>What machines ask a host about itself: whether it lives, and whether it can serve. And the database's servers, for admins.</summary>
internal static class HealthRoutes
{
    public const string Live = "/health/live";
    public const string Ready = "/health/ready";
    public const string Servers = "/servers";
    public const string Quarantined = "/health/quarantine";

    /// <summary>The tag of checks without which a host is sent no requests.</summary>
    public const string ReadyTag = "ready";

    private const string Database = "database";
    private const string Quarantine = "quarantine";

    public static void AddHealth(this IServiceCollection services) => services.AddSingleton<ReadyQuestion>().AddHealthChecks()
        .AddDatabaseServers(Database, [ReadyTag])
        .AddCheck<SchemaCheck>("schema", tags: [ReadyTag], timeout: SchemaCheck.Timeout)
        .AddQuarantine(Quarantine)
        .AddCheck<StoppingCheck>("stopping", tags: [ReadyTag]);

    public static void MapHealth(this WebApplication app)
    {
        // The process answers: that is all. A database that is away is no reason to start the process anew.
        app.MapHealthChecks(Live, new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });

        app.MapGet(Ready, AskAsync);
        app.MapDatabaseServers(Servers).RequireAuthorization(Roles.Admin);

        // A host serves whatever is in quarantine: that is for people to mend.
        app.MapHealthChecks(Quarantined, new HealthCheckOptions { Predicate = check => check.Name == Quarantine, ResponseWriter = WriteAsync })
            .RequireAuthorization(Roles.Admin);
    }

    private static async Task AskAsync(HttpContext context, ReadyQuestion question)
    {
        // Of the database the whole: that a replica is away or refused is no reason to send nothing here. /servers shows each.
        var report = await question.AskAsync(
            check => check.Tags.Contains(ReadyTag) && !check.Name.StartsWith($"{Database}:", StringComparison.Ordinal), context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store, no-cache";
        if (report is null or { Status: HealthStatus.Unhealthy })
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        if (report is null)
            await context.Response.WriteAsJsonAsync(new Answer($"No answer within {ReadyQuestion.Patience.TotalSeconds} s", new Dictionary<string, string>()), context.RequestAborted);
        else
            await WriteAsync(context, report);
    }

    /// <summary>Names and states. Descriptions say what servers said, and anybody can ask.</summary>
    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new Answer(report.Status.ToString(), report.Entries.ToDictionary(e => e.Key, e => e.Value.Status.ToString(), StringComparer.Ordinal)),
        context.RequestAborted);

    private sealed record Answer(string Status, IReadOnlyDictionary<string, string> Checks);
}
