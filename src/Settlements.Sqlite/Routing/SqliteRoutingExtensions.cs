using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Settlements.Routing;
using Settlements.Sqlite;

namespace Settlements;

/// <summary>Adds an SQLite file in the place of several hosts to a host's services.</summary>
public static class SqliteRoutingExtensions
{
    /// <summary>
    /// Adds <see cref="SqliteMultiHostDataSource"/>, also as <see cref="MultiHostDataSource"/>; its plain <see cref="DbDataSource"/>s under the keys
    /// <see cref="RoutingKeys"/>; a <see cref="CausalSession"/> a scope; and a look at the file when the application starts. What is there already stays.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="connectionString">As for <see cref="SqliteMultiHostDataSource(string)"/>.</param>
    /// <param name="serviceKey">
    /// Null for the application's only one. With a key the data source is registered under it, and its plain ones under <c>key:primary</c> and
    /// <c>key:replicas</c>; sessions are made by hand then.
    /// </param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">The connection string can't serve; it is said at once, and not at the first use.</exception>
    public static IServiceCollection AddSqliteMultiHostDataSource(
        this IServiceCollection services, string connectionString, string? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(connectionString);
        var faults = ConnectionStringCheck.Validate(connectionString).ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(' ', faults), nameof(connectionString));

        var before = serviceKey is null ? "" : $"{serviceKey}:";
        services.TryAddKeyedSingleton(serviceKey, (_, _) => new SqliteMultiHostDataSource(connectionString));
        services.TryAddKeyedSingleton<MultiHostDataSource>(serviceKey, (p, _) => Source(p, serviceKey));
        services.TryAddKeyedSingleton(before + RoutingKeys.Primary, (p, _) => Source(p, serviceKey).Primary);
        services.TryAddKeyedSingleton(before + RoutingKeys.Replicas, (p, _) => Source(p, serviceKey).Replicas);
        if (serviceKey is null)
            services.TryAddScoped(p => new CausalSession(p.GetRequiredService<MultiHostDataSource>()));
        services.AddSingleton<IHostedService>(p => new StartWithHost(Source(p, serviceKey)));
        return services;
    }

    private static SqliteMultiHostDataSource Source(IServiceProvider services, string? serviceKey) =>
        services.GetRequiredKeyedService<SqliteMultiHostDataSource>(serviceKey);

    /// <summary>A file that can't be used stops the application when it starts.</summary>
    private sealed class StartWithHost(MultiHostDataSource dataSource) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => dataSource.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
