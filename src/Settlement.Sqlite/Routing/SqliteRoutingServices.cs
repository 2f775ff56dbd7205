using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Settlement.Routing;

namespace Settlement.Sqlite.Routing;

/// <summary>Adds an SQLite file in the place of several hosts to a service collection.</summary>
public static class SqliteRoutingServices
{
    /// <summary>
    /// Adds a <see cref="SqliteMultiHostDataSource"/> as itself and as <see cref="MultiHostDataSource"/>, and its two plain data sources as
    /// <see cref="DbDataSource"/> with the keys <see cref="RoutingKeys.Primary"/> and <see cref="RoutingKeys.Replicas"/>. All are singletons; what
    /// was added before stays.
    /// </summary>
    /// <param name="services">Where to add.</param>
    /// <param name="connectionString">As for <see cref="SqliteMultiHostDataSource(string)"/>.</param>
    /// <param name="serviceKey">
    /// For a second database: the key of the first two. The plain data sources are not added then; they are properties of the data source.
    /// </param>
    /// <returns>The same collection.</returns>
    /// <exception cref="ArgumentException">The connection string can't serve; it is said at once, and not at the first use.</exception>
    public static IServiceCollection AddSqliteMultiHostDataSource(
        this IServiceCollection services, string connectionString, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(connectionString);
        var faults = SqliteFileFaults.Of(connectionString).ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(' ', faults), nameof(connectionString));

        if (serviceKey is not null)
        {
            services.TryAddKeyedSingleton(serviceKey, (_, _) => new SqliteMultiHostDataSource(connectionString));
            services.TryAddKeyedSingleton<MultiHostDataSource>(serviceKey, (p, key) => p.GetRequiredKeyedService<SqliteMultiHostDataSource>(key));
            return services;
        }

        services.TryAddSingleton(_ => new SqliteMultiHostDataSource(connectionString));
        services.TryAddSingleton<MultiHostDataSource>(p => p.GetRequiredService<SqliteMultiHostDataSource>());
        services.TryAddKeyedSingleton<DbDataSource>(RoutingKeys.Primary, (p, _) => p.GetRequiredService<SqliteMultiHostDataSource>().Primary);
        services.TryAddKeyedSingleton<DbDataSource>(RoutingKeys.Replicas, (p, _) => p.GetRequiredService<SqliteMultiHostDataSource>().Replicas);
        return services;
    }
}
