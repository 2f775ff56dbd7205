using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>The table settlement_schema, which records the applied schema files.</summary>
internal static class SchemaRecord
{
    public const string Table = "settlement_schema";

    /// <summary>Returns the number of the newest completely applied schema file; 0 if the library has no tables.</summary>
    public static async Task<int> FindVersionAsync(MySqlConnection connection, CancellationToken cancellationToken) =>
        await ExistsAsync(connection, cancellationToken).ConfigureAwait(false)
            ? (int)await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "SELECT coalesce(max(number), 0) FROM settlement_schema WHERE applied_at IS NOT NULL",
                cancellationToken: cancellationToken))
                .ConfigureAwait(false)
            : 0;

    /// <summary>
    /// Returns whether the table exists with the library's columns; otherwise a table of that name belongs to the application.
    /// </summary>
    public static async Task<bool> ExistsAsync(MySqlConnection connection, CancellationToken cancellationToken) =>
        await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            SELECT count(*) FROM information_schema.columns
            WHERE table_schema = database() AND table_name = 'settlement_schema' AND column_name IN ('number', 'file', 'statements',
                'begun', 'applied_at')
            """,
            cancellationToken: cancellationToken)).ConfigureAwait(false) == 5;
}
