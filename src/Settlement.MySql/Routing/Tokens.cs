using System.Data.Common;
using MySqlConnector;
using Settlement.Routing;

namespace Settlement.MySql.Routing;

/// <summary>Takes tokens from the server.</summary>
internal static class Tokens
{
    private const string MariaDbLast = "SELECT @@last_gtid, @@global.gtid_binlog_pos, @@global.gtid_slave_pos";
    private const string MariaDbPosition = "SELECT '', @@global.gtid_binlog_pos, @@global.gtid_slave_pos";
    private const string MySqlExecuted = "SELECT @@global.gtid_executed";

    /// <summary>
    /// In one round trip. MariaDB tells the session's own last transaction; where that is still the one from before, nothing was written, and what the
    /// transaction saw is in the server's position. MySQL tells all that is executed, which has both (Reference Manual, gtid_executed).
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
        var text = IsMariaDb(connection) ? $"SELECT @@last_gtid; COMMIT; {MariaDbLast}" : $"COMMIT; {MySqlExecuted}";
        return await ReadAsync(connection, own, text, CancellationToken.None).ConfigureAwait(false);
    }

    public static Task<CausalToken> ReadLastAsync(DbConnection connection, CancellationToken cancellationToken) =>
        ReadAsync(Own(connection), transaction: null, IsMariaDb(Own(connection)) ? MariaDbLast : MySqlExecuted, cancellationToken);

    public static Task<CausalToken> ReadPositionAsync(MySqlConnection connection, CancellationToken cancellationToken) =>
        ReadAsync(connection, transaction: null, IsMariaDb(connection) ? MariaDbPosition : MySqlExecuted, cancellationToken);

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
                // Of MariaDB's commit, what was last before it, and what it is now.
                var before = await ReadRowAsync(reader, cancellationToken).ConfigureAwait(false);
                var now = await reader.NextResultAsync(cancellationToken).ConfigureAwait(false)
                    ? await ReadRowAsync(reader, cancellationToken).ConfigureAwait(false)
                    : before;
                return now.Own.IsNone || (now != before && now.Own.Equals(before.Own)) ? now.All : now.Own;
            }
        }
    }

    /// <summary>The first column is the token, the others what it is where that one says nothing.</summary>
    private static async Task<(CausalToken Own, CausalToken All)> ReadRowAsync(MySqlDataReader reader, CancellationToken cancellationToken)
    {
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var own = Read(reader, 0);
        var all = own;
        for (var i = 1; i < reader.FieldCount; i++)
            all = all.Union(Read(reader, i));
        return (own, all);
    }

    private static CausalToken Read(MySqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? CausalToken.None : CausalToken.Parse(reader.GetString(column).Replace("\n", "", StringComparison.Ordinal));
}
