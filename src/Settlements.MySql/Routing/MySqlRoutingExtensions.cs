using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Settlements.MySql;
using Settlements.Routing;

namespace Settlements;

/// <summary>Adds a database on several hosts to a host's services. It needs nothing of the rest of Settlement.</summary>
public static class MySqlRoutingExtensions
{
    /// <summary>
    /// Adds <see cref="MySqlMultiHostDataSource"/>, also as <see cref="MultiHostDataSource"/>; its plain <see cref="DbDataSource"/>s under the keys
    /// <see cref="RoutingKeys"/>; a <see cref="CausalSession"/> a scope; and a check of all hosts when the application starts. What is there already stays.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="connectionString">Hosts and settings: <c>Server=db1,db2,db3;User ID=app;Password=…;Database=shop</c>.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">The options have faults; all are said, and no password.</exception>
    public static IServiceCollection AddMySqlMultiHostDataSource(this IServiceCollection services, string connectionString) =>
        services.AddMySqlMultiHostDataSource(new MySqlMultiHostOptions { ConnectionString = connectionString });

    /// <summary>The same, from options, which say too how hosts are watched and chosen; with a key, for one database of several.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">The hosts, and how they are watched and chosen.</param>
    /// <param name="serviceKey">
    /// Null for the application's only one. With a key the data source is registered under it, and its plain ones under <c>key:primary</c> and
    /// <c>key:replicas</c>; sessions are made by hand then.
    /// </param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">The options have faults; all are said, and no password.</exception>
    public static IServiceCollection AddMySqlMultiHostDataSource(this IServiceCollection services, MySqlMultiHostOptions options, string? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        var faults = options.Validate().ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(' ', faults), nameof(options));

        var before = serviceKey is null ? "" : $"{serviceKey}:";
        services.TryAddKeyedSingleton(serviceKey, (p, _) => new MySqlMultiHostDataSource(options, p.GetService<ILoggerFactory>(), p.GetService<TimeProvider>()));
        services.TryAddKeyedSingleton<MultiHostDataSource>(serviceKey, (p, key) => p.GetRequiredKeyedService<MySqlMultiHostDataSource>(key));
        services.TryAddKeyedSingleton(before + RoutingKeys.Primary, (p, _) => p.GetRequiredKeyedService<MySqlMultiHostDataSource>(serviceKey).Primary);
        services.TryAddKeyedSingleton(before + RoutingKeys.Replicas, (p, _) => p.GetRequiredKeyedService<MySqlMultiHostDataSource>(serviceKey).Replicas);
        if (serviceKey is null)
            services.TryAddScoped(p => new CausalSession(p.GetRequiredService<MultiHostDataSource>()));
        services.AddSingleton<IHostedService>(p => new StartWithHost(p.GetRequiredKeyedService<MySqlMultiHostDataSource>(serviceKey)));
        return services;
    }

    /// <summary>A mistake in the hosts stops the application when it starts.</summary>
    private sealed class StartWithHost(MultiHostDataSource dataSource) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => dataSource.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
