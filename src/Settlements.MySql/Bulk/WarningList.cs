using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Reads the server's warnings about the previous statement.</summary>
internal static class WarningList
{
    public const string CountText = "SHOW COUNT(*) WARNINGS";

    /// <summary>Counts the warnings. Run it immediately after the statement, since any other statement may clear the list.</summary>
    public static async Task<long> CountAsync(
        MySqlConnection connection, MySqlTransaction? transaction, CancellationToken cancellationToken) =>
        await connection.ExecuteScalarAsync<long>(
            new CommandDefinition(CountText, transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);

    public static async Task<IReadOnlyList<(string Level, int Code, string Message)>> ReadAsync(
        MySqlConnection connection, MySqlTransaction transaction, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<(string Level, int Code, string Message)>(
            new CommandDefinition("SHOW WARNINGS", transaction: transaction, cancellationToken: cancellationToken))
                .ConfigureAwait(false)).AsList();

    public static async Task<string> FirstAsync(
        MySqlConnection connection, MySqlTransaction? transaction, CancellationToken cancellationToken)
    {
        var first = await connection.QueryFirstOrDefaultAsync<(string? Level, int Code, string Message)>(
            new CommandDefinition("SHOW WARNINGS LIMIT 1", transaction: transaction, cancellationToken: cancellationToken))
                .ConfigureAwait(false);
        return first.Level is null ? "" : $"Server warning: {first.Message}.";
    }
}
