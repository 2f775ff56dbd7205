using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Settlements.AspNetCore;
using Settlements.Routing;

namespace Settlements;

/// <summary>
/// Adds health checks and a status page of a database's servers. Both report the results of the last probes, and open no connections.
/// </summary>
public static class DatabaseServersExtensions
{
    /// <summary>
    /// Adds a health check for each server of the <see cref="MultiHostDataSource"/>, <c>database:db1:3306</c>, and one for the database,
    /// <c>database</c>, which checks that exactly one primary takes writes. All checks are degraded until the servers are probed for the
    /// first time, by <see cref="MultiHostDataSource.StartAsync"/>, which the stores' registrations call when the application starts.
    /// </summary>
    /// <param name="builder">The result of <c>services.AddHealthChecks()</c>.</param>
    /// <param name="name">
    /// The name of the database's check, and the prefix of the servers' checks. Use different names for several databases.
    /// </param>
    /// <param name="tags">Tags of all these checks; null for none.</param>
    /// <param name="serviceKey">The service key of the data source; null for none.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// <para>
    /// A server is unhealthy when it is refused, or a primary that is down while no other server is the primary. It is degraded when it is
    /// suspect, lagging, not probed yet, or down in any other case, for example as the former primary after a failover. Its data are
    /// <c>role</c>, <c>state</c>, <c>in_flight</c> and, where known, <c>lag_seconds</c>, <c>cause</c> and <c>remedy</c>. The database is
    /// unhealthy without a writable primary, and with several; degraded when its primary is suspect, and while a former primary is down.
    /// Its data are <c>primary</c>, if there is one, and <c>remedy:db1:3306</c> for each server that needs attention.
    /// </para>
    /// <para>
    /// The set of servers is fixed when the checks first run. Descriptions contain server names and their error messages: show them to
    /// operators only. A load balancer that removes unhealthy instances removes all of them when the database's primary is down. Unless you
    /// want that, tag these checks and exclude them from the load balancer's endpoint.
    /// </para>
    /// </remarks>
    public static IHealthChecksBuilder AddDatabaseServers(
        this IHealthChecksBuilder builder, string name = "database", IEnumerable<string>? tags = null, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        string[] fixedTags = [.. tags ?? []];
        builder.Services.AddSingleton<IConfigureOptions<HealthCheckServiceOptions>>(
            p => new ServerChecks(Source(p, serviceKey), name, fixedTags));
        return builder;
    }

    /// <summary>
    /// Maps a status page of the servers with role, state, lag, open connections, weight, version and position of each. Browsers get HTML
    /// and other clients JSON, by the request's <c>Accept</c> header. The response is not cached.
    /// </summary>
    /// <param name="endpoints">The application's endpoints.</param>
    /// <param name="pattern">The page's path.</param>
    /// <param name="serviceKey">The service key of the data source; null for none.</param>
    /// <returns>
    /// The endpoint. Protect it, since it reveals your servers' names, versions and errors:
    /// <c>app.MapDatabaseServers("/servers").RequireAuthorization("operators")</c>, or <c>RequireHost</c> with an address that only
    /// operators reach.
    /// </returns>
    /// <exception cref="InvalidOperationException">No <see cref="MultiHostDataSource"/> is registered.</exception>
    public static IEndpointConventionBuilder MapDatabaseServers(
        this IEndpointRouteBuilder endpoints, string pattern = "/servers", object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var clock = endpoints.ServiceProvider.GetService<TimeProvider>() ?? TimeProvider.System;
        var page = new ServersEndpoint(Source(endpoints.ServiceProvider, serviceKey), clock);
        return endpoints.MapMethods(pattern, ["GET", "HEAD"], page.RespondAsync).WithDisplayName($"Database servers at {pattern}");
    }

    private static MultiHostDataSource Source(IServiceProvider services, object? serviceKey) => serviceKey is null
        ? services.GetRequiredService<MultiHostDataSource>()
        : services.GetRequiredKeyedService<MultiHostDataSource>(serviceKey);
}
