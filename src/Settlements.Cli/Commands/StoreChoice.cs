using Microsoft.Data.Sqlite;

namespace Settlements.Cli;

/// <summary>The store and its connection string, which may hold a password and is never printed.</summary>
internal sealed class StoreChoice(string name, string connection)
{
    public const string Sqlite = "sqlite";
    public const string MySql = "mysql";

    public SettlementBuilder AddTo(SettlementBuilder settlement) =>
        name == MySql ? settlement.UseMySql(connection) : settlement.UseSqlite(connection);

    /// <summary>
    /// Throws when the SQLite file does not exist, since opening it would create it. A server reports a missing database itself.
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
                + "or name another file with --connection \"Data Source=FILE\".");
        }
    }
}
