using Microsoft.Data.Sqlite;
using MySqlConnector;
using Quartz;
using Settlement.MySql;
using Settlement.SampleHost.Database;
using Settlement.Sqlite;

namespace Settlement.SampleHost.Commands;

/// <summary>Which store, and where. The connection string may hold a password: it is shown nowhere.</summary>
internal abstract class StoreChoice
{
    public const string Sqlite = "sqlite";
    public const string MySql = "mysql";

    /// <summary>Says to a settlement which store it has.</summary>
    public abstract void Use(SettlementBuilder settlement);

    /// <summary>Where the platform keeps its own tables: in the same place.</summary>
    public abstract PlatformDatabase OpenPlatform();

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

        public override PlatformDatabase OpenPlatform() => new SqlitePlatformDatabase(connection);

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

        public override PlatformDatabase OpenPlatform() => new MySqlPlatformDatabase(connection);

        public override void Use(IPersistentStoreBuilder schedule)
        {
            schedule.UseMySqlConnector(MySqlConnectorFactory.Instance, connection);
            schedule.UseClustering();
        }
    }
}
