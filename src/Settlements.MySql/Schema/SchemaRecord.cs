using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>The table in which is recorded what is applied.</summary>
internal static class SchemaRecord
{
    public const string Table = "settlement_schema";

    /// <summary>The number of the newest schema file that was applied whole; 0 where the library has no tables.</summary>
    public static async Task<int> FindVersionAsync(MySqlConnection connection, CancellationToken cancellationToken) =>
        await ExistsAsync(connection, cancellationToken).ConfigureAwait(false)
            ? (int)await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "SELECT coalesce(max(number), 0) FROM settlement_schema WHERE applied_at IS NOT NULL", cancellationToken: cancellationToken))
                .ConfigureAwait(false)
            : 0;

    /// <summary>Whether there is a table of that name with the library's columns: another table of the name is the application's.</summary>
    public static async Task<bool> ExistsAsync(MySqlConnection connection, CancellationToken cancellationToken) =>
        await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            SELECT count(*) FROM information_schema.columns
            WHERE table_schema = database() AND table_name = 'settlement_schema' AND column_name IN ('number', 'file', 'statements', 'begun', 'applied_at')
            """,
            cancellationToken: cancellationToken)).ConfigureAwait(false) == 5;
}
