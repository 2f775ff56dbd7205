using Microsoft.Data.Sqlite;

namespace Settlements.Cli;

/// <summary>Which store, and where. The connection string may hold a password: it is never printed.</summary>
internal sealed class StoreChoice(string name, string connection)
{
    public const string Sqlite = "sqlite";
    public const string MySql = "mysql";

    public SettlementBuilder AddTo(SettlementBuilder settlement) =>
        name == MySql ? settlement.UseMySql(connection) : settlement.UseSqlite(connection);

    /// <summary>
    /// For a command that only reads: opening an SQLite file would create it. A server reports by itself that there is no database.
    /// </summary>
    /// <exception cref="UsageException">The SQLite file does not exist.</exception>
    public void RequireExisting()
    {
        if (name != Sqlite)
            return;
        var file = new SqliteConnectionStringBuilder(connection).DataSource;
        if (!file.StartsWith("file:", StringComparison.Ordinal) && !File.Exists(file))
        {
            throw new UsageException(
                $"There is no database '{file}'. Create it with 'settlement import FILE' or 'settlement schema apply', "
                + "or name another with --connection \"Data Source=FILE\".");
        }
    }
}
