using Microsoft.Data.Sqlite;
using Quartz;
using Settlement.MySql;
using Settlement.MySql.Routing;
using Settlement.Routing;
using Settlement.SampleHost.Database;
using Settlement.Sqlite;
using Settlement.Sqlite.Routing;

namespace Settlement.SampleHost.Commands;

/// <summary>Which store, and where. The connection string may hold a password: it is shown nowhere.</summary>
internal abstract class StoreChoice
{
    public const string Sqlite = "sqlite";
    public const string MySql = "mysql";

    /// <summary>Says to a settlement which store it has.</summary>
    public abstract void Use(SettlementBuilder settlement);

    /// <summary>Adds where the platform keeps its own tables, in the same place; and the servers, or the file, themselves.</summary>
    public abstract void AddPlatform(IServiceCollection services, IConfiguration configuration);

    /// <summary>Where the schedule keeps its tables: in the same place.</summary>
    public abstract void Use(IPersistentStoreBuilder schedule);

    /// <summary>For a command that only reads. A server says by itself when there is nothing; a file would be made by looking.</summary>
    public virtual void RequireExisting()
    {
    }

    public static StoreChoice Of(string name, string connection) => name switch
    {
        Sqlite => new SqliteChoice(connection),
        MySql => new MySqlChoice(connection),
        _ => throw new UsageException($"'{name}' is no store. Use {Sqlite} or {MySql}."),
    };

    private sealed class SqliteChoice(string connection) : StoreChoice
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

        public override void RequireExisting()
        {
            var file = new SqliteConnectionStringBuilder(connection).DataSource;
            if (file.StartsWith("file:", StringComparison.Ordinal) || File.Exists(file))
                return;
            throw new UsageException(
                $"There is no database '{file}'. Make one with 'import FILE', or start the program without a command for the bundled data; "
                + "or name another with --connection \"Data Source=FILE\".");
        }
    }

    private sealed class MySqlChoice(string connection) : StoreChoice
    {
        public override void Use(SettlementBuilder settlement) => settlement.UseMySql(connection);

        // Servers are watched by the machine's clock, whatever the platform's is. Made when it is asked for: what is wrong with the string is said
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
