using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Identifies a table as the server's catalogue has it: two spellings of one table give one text.</summary>
internal static class TableIdentity
{
    /// <returns>Database and name, for example <c>shop.play_log</c>.</returns>
    /// <exception cref="UsageSourceException">There is no such table.</exception>
    public static async Task<string> FindAsync(MySqlConnection connection, string source, string table, CancellationToken cancellationToken)
    {
        var parts = table.Split('.', 2);
        return await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            """
            SELECT concat(table_schema, '.', table_name) FROM information_schema.tables
            WHERE table_schema = coalesce(@schema, database()) AND table_name = @table
            ORDER BY binary table_name = binary @table DESC LIMIT 1
            """,
            new { schema = parts.Length == 2 ? parts[0] : null, table = parts[^1] }, cancellationToken: cancellationToken))
            .ConfigureAwait(false)
            ?? throw NoTable(source, table);
    }

    public static UsageSourceException NoTable(string source, string table) => new(
        $"Source '{source}' can't be read: there is no table {table}, or this user may not see it. Check the name, "
        + "and GRANT SELECT ON it.");
}
