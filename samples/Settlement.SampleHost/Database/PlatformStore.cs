using Microsoft.Data.Sqlite;
using Quartz;
using Settlement.SampleHost.Hosting;
using Settlements;
using Settlements.MySql;
using Settlements.Routing;
using Settlements.Sqlite;

namespace Settlement.SampleHost.Database;

/// <summary>The selected store and its connection string, which may contain a password and is never displayed or logged.</summary>
internal abstract class PlatformStore
{
    public const string Sqlite = "sqlite";
    public const string MySql = "mysql";

    /// <summary>An alternative to --connection: a command line is visible to every user of the machine.</summary>
    private const string ConnectionVariable = "SETTLEMENT_CONNECTION";

    private const string MySqlExample = "Server=127.0.0.1;User ID=settlement;Password=…;Database=settlement";

    /// <summary>Configures the settlement to use this store.</summary>
    public abstract void Use(SettlementBuilder settlement);

    /// <summary>Registers the data source and the database of the platform's tables, on the same connection string.</summary>
    public abstract void AddPlatform(IServiceCollection services, IConfiguration configuration);

    /// <summary>Configures the schedule to keep its tables in the same database.</summary>
    public abstract void Use(IPersistentStoreBuilder schedule);

    /// <summary>
    /// Reads the store and its connection string: the command line takes precedence, then the environment, the configuration and
    /// settlement.json. A connection string from the
    /// configuration or settlement.json is ignored if another store is selected.
    /// </summary>
    /// <exception cref="StartException">The store is unknown, or has no connection string.</exception>
    public static PlatformStore From(IConfiguration configuration, SettlementFile file)
    {
        var inFile = file.Store ?? Sqlite;
        var configured = configuration["Database:Store"] is { Length: > 0 } name ? name : inFile;
        var store = configuration[HostArguments.Store] ?? configured;
        var connection = configuration[HostArguments.Connection]
            ?? NotEmpty(configuration[ConnectionVariable])
            ?? (store == configured ? NotEmpty(configuration.GetConnectionString("Settlement")) : null)
            ?? (store == inFile ? file.ConnectionString : null);
        return connection is null && store is (Sqlite or MySql)
            ? throw new StartException(
                $"Store {store} needs a connection string: use --connection \""
                    + $"{(store == Sqlite ? "Data Source=settlement.db" : MySqlExample)}\" or the "
                    + $"environment variable {ConnectionVariable}.")
            : Of(store, connection ?? "");
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    public static PlatformStore Of(string name, string connection) => name switch
    {
        Sqlite => new SqliteChoice(connection),
        MySql => new MySqlChoice(connection),
        _ => throw new StartException($"Store '{name}' is unknown. Use {Sqlite} or {MySql}."),
    };

    private sealed class SqliteChoice(string connection) : PlatformStore
    {
        public override void Use(SettlementBuilder settlement) => settlement.UseSqlite(connection);

        public override void AddPlatform(IServiceCollection services, IConfiguration configuration)
        {
            services.AddSingleton(_ => new SqliteMultiHostDataSource(SqlitePlatformDatabase.Settings(connection)));
            services.AddSingleton<MultiHostDataSource>(p => p.GetRequiredService<SqliteMultiHostDataSource>());
            services.AddSingleton<PlatformDatabase, SqlitePlatformDatabase>();
        }

        // Quartz locks within the process only. If two processes use one file, both may fire a trigger; each day is still closed once.
        public override void Use(IPersistentStoreBuilder schedule) => schedule.UseSqlite(SqliteFactory.Instance, connection);
    }

    private sealed class MySqlChoice(string connection) : PlatformStore
    {
        public override void Use(SettlementBuilder settlement) => settlement.UseMySql(connection);

        // The data source probes servers by the system clock, not the platform's TimeProvider. It is created on first use, so an invalid
        // connection string is reported together with all other configuration errors.
        public override void AddPlatform(IServiceCollection services, IConfiguration configuration)
        {
            services.AddSingleton(p => new MySqlMultiHostDataSource(
                new MySqlMultiHostOptions
                {
                    ConnectionString = MySqlPlatformDatabase.Settings(connection),
                    Routing = configuration.GetSection("Routing").Get<RoutingOptions>() ?? new RoutingOptions(),
                },
                p.GetRequiredService<ILoggerFactory>()));
            services.AddSingleton<MultiHostDataSource>(p => p.GetRequiredService<MySqlMultiHostDataSource>());
            services.AddSingleton<PlatformDatabase, MySqlPlatformDatabase>();
        }

        // Quartz's locks and triggers are read and written on the current primary.
        public override void Use(IPersistentStoreBuilder schedule)
        {
            schedule.UseMySqlConnector(source => source.DataSourceFactory = p => p.GetRequiredService<MultiHostDataSource>().Primary);
            schedule.UseClustering();
        }
    }
}
