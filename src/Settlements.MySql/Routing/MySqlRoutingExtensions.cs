using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Settlements.MySql;
using Settlements.Routing;

namespace Settlements;

/// <summary>Registers a database on several servers. It is independent of the rest of Settlement.</summary>
public static class MySqlRoutingExtensions
{
    /// <summary>
    /// Registers <see cref="MySqlMultiHostDataSource"/>, also as <see cref="MultiHostDataSource"/>; its plain <see cref="DbDataSource"/>s
    /// under the keys <see cref="RoutingKeys"/>; a scoped <see cref="CausalSession"/>; and a check of all servers at application start.
    /// Existing registrations are not replaced.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="connectionString">The servers and settings: <c>Server=db1,db2,db3;User ID=app;Password=…;Database=shop</c>.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">The options are invalid; the message lists all validation errors, without the
    /// password.</exception>
    public static IServiceCollection AddMySqlMultiHostDataSource(this IServiceCollection services, string connectionString) =>
        services.AddMySqlMultiHostDataSource(new MySqlMultiHostOptions { ConnectionString = connectionString });

    /// <summary>Registers a database on several servers from options; with a key, as one of several databases.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">The servers, and how they are monitored and chosen.</param>
    /// <param name="serviceKey">
    /// The key of the data source; its plain data sources are registered as <c>key:primary</c> and <c>key:replicas</c>, and no causal
    /// session is registered. Null, the default, for the application's only database.
    /// </param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">The options are invalid; the message lists all validation errors, without the
    /// password.</exception>
    public static IServiceCollection AddMySqlMultiHostDataSource(
        this IServiceCollection services, MySqlMultiHostOptions options, string? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        var errors = options.Validate().ToList();
        if (errors.Count > 0)
            throw new ArgumentException(string.Join(' ', errors), nameof(options));

        var prefix = serviceKey is null ? "" : $"{serviceKey}:";
        services.TryAddKeyedSingleton(
            serviceKey, (p, _) => new MySqlMultiHostDataSource(options, p.GetService<ILoggerFactory>(), p.GetService<TimeProvider>()));
        services.TryAddKeyedSingleton<MultiHostDataSource>(serviceKey, (p, key) =>
            p.GetRequiredKeyedService<MySqlMultiHostDataSource>(key));
        services.TryAddKeyedSingleton(
            prefix + RoutingKeys.Primary, (p, _) => p.GetRequiredKeyedService<MySqlMultiHostDataSource>(serviceKey).Primary);
        services.TryAddKeyedSingleton(
            prefix + RoutingKeys.Replicas, (p, _) => p.GetRequiredKeyedService<MySqlMultiHostDataSource>(serviceKey).Replicas);
        if (serviceKey is null)
            services.TryAddScoped(p => new CausalSession(p.GetRequiredService<MultiHostDataSource>()));
        services.AddSingleton<IHostedService>(p => new StartupCheck(p.GetRequiredKeyedService<MySqlMultiHostDataSource>(serviceKey)));
        return services;
    }

    /// <summary>Checks the servers at application start, so that a configuration error stops the application.</summary>
    private sealed class StartupCheck(MultiHostDataSource dataSource) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => dataSource.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
