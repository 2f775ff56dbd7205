using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// Identifies a table by its name in the server's catalogue, so that different spellings of a table have the same identity.
/// </summary>
internal static class TableIdentity
{
    /// <summary>Finds a table's identity.</summary>
    /// <returns>Database and name, for example <c>shop.play_log</c>.</returns>
    /// <exception cref="UsageSourceException">The table doesn't exist.</exception>
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
        $"Source '{source}' can't be read: table {table} doesn't exist, or the user may not see it. Check the name, "
        + "and GRANT SELECT ON it.");
}
