using System.Data.Common;
using MySqlConnector;
using Settlement.Routing;

namespace Settlement.MySql.Routing;

/// <summary>Takes tokens from the server.</summary>
internal static class Tokens
{
    /// <summary>
    /// In one round trip. MariaDB tells the session's own last transaction; MySQL all that is executed, which has it (Reference Manual, gtid_executed).
    /// The driver's transaction does not know that it is over: disposing of it sends a ROLLBACK of nothing.
    /// </summary>
    public static async Task<CausalToken> CommitAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (transaction is not MySqlTransaction { Connection: { } connection } own)
        {
            throw new InvalidOperationException(transaction is MySqlTransaction
                ? "The transaction is over already: it was committed or rolled back."
                : $"The transaction is a {transaction.GetType().Name}; commit one of a connection that was opened here.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        return await ReadAsync(connection, own, $"COMMIT; {Last(connection)}", CancellationToken.None).ConfigureAwait(false);
    }

    public static Task<CausalToken> ReadLastAsync(DbConnection connection, CancellationToken cancellationToken) =>
        ReadAsync(Own(connection), transaction: null, Last(Own(connection)), cancellationToken);

    public static Task<CausalToken> ReadPositionAsync(MySqlConnection connection, CancellationToken cancellationToken) => ReadAsync(
        connection, transaction: null,
        IsMariaDb(connection) ? "SELECT @@global.gtid_binlog_pos, @@global.gtid_slave_pos" : "SELECT @@global.gtid_executed", cancellationToken);

    private static string Last(MySqlConnection connection) => IsMariaDb(connection) ? "SELECT @@last_gtid" : "SELECT @@global.gtid_executed";

    private static bool IsMariaDb(MySqlConnection connection) => connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);

    private static MySqlConnection Own(DbConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return connection as MySqlConnection
            ?? throw new ArgumentException($"The connection is a {connection.GetType().Name}; use one that was opened here.", nameof(connection));
    }

    private static async Task<CausalToken> ReadAsync(MySqlConnection connection, MySqlTransaction? transaction, string text, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // texts of this file
        var command = new MySqlCommand(text, connection, transaction);
#pragma warning restore CA2100
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                var token = CausalToken.None;
                for (var i = 0; i < reader.FieldCount; i++)
                {
                    if (!reader.IsDBNull(i))
                        token = token.Union(CausalToken.Parse(reader.GetString(i).Replace("\n", "", StringComparison.Ordinal)));
                }

                return token;
            }
        }
    }
}
