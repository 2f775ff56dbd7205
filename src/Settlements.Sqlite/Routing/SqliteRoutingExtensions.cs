using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Settlements.Routing;
using Settlements.Sqlite;

namespace Settlements;

/// <summary>Registers an SQLite file as the application's <see cref="MultiHostDataSource"/>.</summary>
public static class SqliteRoutingExtensions
{
    /// <summary>
    /// Adds a <see cref="SqliteMultiHostDataSource"/>, also as <see cref="MultiHostDataSource"/>; its plain <see cref="DbDataSource"/>s
    /// with the keys of <see cref="RoutingKeys"/>; a scoped <see cref="CausalSession"/>; and a hosted service that opens the file when the
    /// application starts. Services that are already registered are kept.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="connectionString">As for <see cref="SqliteMultiHostDataSource(string)"/>.</param>
    /// <param name="serviceKey">
    /// The key of the data source; null for none. With a key, its plain data sources have the keys <c>key:primary</c> and
    /// <c>key:replicas</c>, and no <see cref="CausalSession"/> is registered.
    /// </param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">The connection string is invalid.</exception>
    public static IServiceCollection AddSqliteMultiHostDataSource(
        this IServiceCollection services, string connectionString, string? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(connectionString);
        var errors = ConnectionStringCheck.Validate(connectionString).ToList();
        if (errors.Count > 0)
            throw new ArgumentException(string.Join(' ', errors), nameof(connectionString));

        var prefix = serviceKey is null ? "" : $"{serviceKey}:";
        services.TryAddKeyedSingleton(serviceKey, (_, _) => new SqliteMultiHostDataSource(connectionString));
        services.TryAddKeyedSingleton<MultiHostDataSource>(serviceKey, (p, _) => Source(p, serviceKey));
        services.TryAddKeyedSingleton(prefix + RoutingKeys.Primary, (p, _) => Source(p, serviceKey).Primary);
        services.TryAddKeyedSingleton(prefix + RoutingKeys.Replicas, (p, _) => Source(p, serviceKey).Replicas);
        if (serviceKey is null)
            services.TryAddScoped(p => new CausalSession(p.GetRequiredService<MultiHostDataSource>()));
        services.AddSingleton<IHostedService>(p => new StartupCheck(Source(p, serviceKey)));
        return services;
    }

    private static SqliteMultiHostDataSource Source(IServiceProvider services, string? serviceKey) =>
        services.GetRequiredKeyedService<SqliteMultiHostDataSource>(serviceKey);

    /// <summary>Opens the file when the application starts, so that an unusable file stops the start.</summary>
    private sealed class StartupCheck(MultiHostDataSource dataSource) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => dataSource.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
