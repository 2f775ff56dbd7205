using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>What the server warned of in the statement before.</summary>
internal static class WarningList
{
    public const string CountText = "SHOW COUNT(*) WARNINGS";

    /// <summary>Asked for so that MySQL keeps the list, which any other statement may clear.</summary>
    public static async Task<long> CountAsync(MySqlConnection connection, MySqlTransaction? transaction, CancellationToken cancellationToken) =>
        await connection.ExecuteScalarAsync<long>(
            new CommandDefinition(CountText, transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);

    public static async Task<IReadOnlyList<(string Level, int Code, string Message)>> ReadAsync(
        MySqlConnection connection, MySqlTransaction transaction, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<(string Level, int Code, string Message)>(
            new CommandDefinition("SHOW WARNINGS", transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false)).AsList();

    public static async Task<string> FirstAsync(MySqlConnection connection, MySqlTransaction? transaction, CancellationToken cancellationToken)
    {
        var first = await connection.QueryFirstOrDefaultAsync<(string? Level, int Code, string Message)>(
            new CommandDefinition("SHOW WARNINGS LIMIT 1", transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return first.Level is null ? "" : $"The server says: {first.Message}.";
    }
}
