using Microsoft.Data.Sqlite;
using Quartz;
using Settlement.SampleHost.Hosting;
using Settlements;
using Settlements.MySql;
using Settlements.Routing;
using Settlements.Sqlite;

namespace Settlement.SampleHost.Database;

/// <summary>Which store, and where. The connection string may hold a password: it is shown nowhere.</summary>
internal abstract class PlatformStore
{
    public const string Sqlite = "sqlite";
    public const string MySql = "mysql";

    /// <summary>A command line is visible to every user of a machine; a password need not be in it.</summary>
    private const string ConnectionVariable = "SETTLEMENT_CONNECTION";

    private const string MySqlExample = "Server=127.0.0.1;User ID=settlement;Password=…;Database=settlement";

    /// <summary>Says to a settlement which store it has.</summary>
    public abstract void Use(SettlementBuilder settlement);

    /// <summary>Adds where the platform keeps its own tables, in the same place; and the servers, or the file, themselves.</summary>
    public abstract void AddPlatform(IServiceCollection services, IConfiguration configuration);

    /// <summary>Where the schedule keeps its tables: in the same place.</summary>
    public abstract void Use(IPersistentStoreBuilder schedule);

    /// <summary>
    /// The command line first, then the environment, the configuration, and settlement.json. A connection string belongs to the store
    /// that it is written for.
    /// </summary>
    /// <exception cref="StartException">The store is unknown, or has no connection string.</exception>
    public static PlatformStore From(IConfiguration configuration, SettlementFile file)
    {
        var filed = file.Store ?? Sqlite;
        var configured = configuration["Database:Store"] is { Length: > 0 } name ? name : filed;
        var store = configuration[HostArguments.Store] ?? configured;
        var connection = configuration[HostArguments.Connection]
            ?? NotEmpty(configuration[ConnectionVariable])
            ?? (store == configured ? NotEmpty(configuration.GetConnectionString("Settlement")) : null)
            ?? (store == filed ? file.ConnectionString : null);
        return connection is null && store is (Sqlite or MySql)
            ? throw new StartException(
                $"The store {store} needs --connection \"{MySqlExample}\", or the same in the environment variable {ConnectionVariable}.")
            : Of(store, connection ?? "");
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    public static PlatformStore Of(string name, string connection) => name switch
    {
        Sqlite => new SqliteChoice(connection),
        MySql => new MySqlChoice(connection),
        _ => throw new StartException($"'{name}' is no store. Use {Sqlite} or {MySql}."),
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

        // Quartz locks in the process here. Two processes on one file may fire both; the day is closed once all the same.
        public override void Use(IPersistentStoreBuilder schedule) => schedule.UseSqlite(SqliteFactory.Instance, connection);
    }

    private sealed class MySqlChoice(string connection) : PlatformStore
    {
        public override void Use(SettlementBuilder settlement) => settlement.UseMySql(connection);

        // Servers are watched by the machine's clock, whatever the platform's is. Made when it is asked for: what is wrong with the
        // string is said
        // with all else that is.
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

        // Its locks and firings are the primary's, whichever server that is.
        public override void Use(IPersistentStoreBuilder schedule)
        {
            schedule.UseMySqlConnector(source => source.DataSourceFactory = p => p.GetRequiredService<MultiHostDataSource>().Primary);
            schedule.UseClustering();
        }
    }
}
