using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Settlements.AspNetCore;
using Settlements.Routing;

namespace Settlements;

/// <summary>Shows a database's hosts: as health checks, and as a page. Both read what the last probes found, and open no connection.</summary>
public static class DatabaseServersExtensions
{
    /// <summary>
    /// Adds a health check for each host of the <see cref="MultiHostDataSource"/>, <c>database:db1:3306</c>, and one for the whole,
    /// <c>database</c>: that exactly one primary takes writes. Until hosts were looked at for the first time, all checks are degraded;
    /// <see cref="MultiHostDataSource.StartAsync"/>, which the stores' own registrations call when the application starts, looks at them.
    /// </summary>
    /// <param name="builder">What <c>services.AddHealthChecks()</c> returns.</param>
    /// <param name="name">The check's name, with which the hosts' begin. It tells several databases apart.</param>
    /// <param name="tags">Tags of all these checks; null for none.</param>
    /// <param name="serviceKey">The data source's key; null for the one without.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// <para>
    /// A host is unhealthy when it is a primary that is down and no other one takes the writes, and when it is refused; degraded when it is suspect,
    /// lagging or not looked at yet, and when it is down otherwise: also as the former primary after a failover. A host's data are <c>role</c>,
    /// <c>state</c>, <c>in_flight</c> and, where they are known, <c>lag_seconds</c>, <c>cause</c> and <c>remedy</c>. The whole is unhealthy without a
    /// primary that takes writes, and with two; degraded when its primary is suspect, and while a former primary is down. Its data are
    /// <c>primary</c>, where there is one, and <c>remedy:db1:3306</c> for each host that has to be looked after.
    /// </para>
    /// <para>
    /// The checks of hosts are fixed when they are first run. Descriptions name hosts and say what the server said: show them to operators only.
    /// A load balancer that takes an instance out on <c>unhealthy</c> takes out all of them when the database's primary is away: tag these checks,
    /// and leave them out of what it asks, unless that is wanted.
    /// </para>
    /// </remarks>
    public static IHealthChecksBuilder AddDatabaseServers(
        this IHealthChecksBuilder builder, string name = "database", IEnumerable<string>? tags = null, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        string[] fixedTags = [.. tags ?? []];
        builder.Services.AddSingleton<IConfigureOptions<HealthCheckServiceOptions>>(p => new ServerChecks(Source(p, serviceKey), name, fixedTags));
        return builder;
    }

    /// <summary>
    /// Maps a page of the hosts: role, state, lag, open connections, weight, version and position of each. To a browser it is HTML, to all others
    /// JSON, by the request's <c>Accept</c>. It is never cached.
    /// </summary>
    /// <param name="endpoints">The application's endpoints.</param>
    /// <param name="pattern">The page's path.</param>
    /// <param name="serviceKey">The data source's key; null for the one without.</param>
    /// <returns>
    /// The endpoint. Protect it: it names your servers, their versions and their faults.
    /// <c>app.MapDatabaseServers("/hosts").RequireAuthorization("operators")</c>, or <c>RequireHost</c> with an address that only operators reach.
    /// </returns>
    /// <exception cref="InvalidOperationException">There is no <see cref="MultiHostDataSource"/> among the services.</exception>
    public static IEndpointConventionBuilder MapDatabaseServers(
        this IEndpointRouteBuilder endpoints, string pattern = "/hosts", object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var clock = endpoints.ServiceProvider.GetService<TimeProvider>() ?? TimeProvider.System;
        var page = new ServersEndpoint(Source(endpoints.ServiceProvider, serviceKey), clock);
        return endpoints.MapMethods(pattern, ["GET", "HEAD"], page.AnswerAsync).WithDisplayName($"Database hosts at {pattern}");
    }

    private static MultiHostDataSource Source(IServiceProvider services, object? serviceKey) => serviceKey is null
        ? services.GetRequiredService<MultiHostDataSource>()
        : services.GetRequiredKeyedService<MultiHostDataSource>(serviceKey);
}
