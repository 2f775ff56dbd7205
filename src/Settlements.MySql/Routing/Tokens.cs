using System.Data.Common;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>Takes tokens from the server.</summary>
internal static class Tokens
{
    private const string MariaDbLast = "SELECT @@last_gtid, @@global.gtid_binlog_pos";
    private const string MariaDbPosition = "SELECT @@global.gtid_binlog_pos";
    private const string MySqlExecuted = "SELECT @@global.gtid_executed";

    /// <summary>
    /// In one round trip. MariaDB tells the session's own last transaction, which within its domain comes after all that it saw; what it saw of other
    /// domains, or where it wrote nothing, is in the server's position. MySQL tells all that is executed, which has all (Reference Manual,
    /// gtid_executed). The driver's transaction is ended then by a COMMIT of nothing, without which the connection refuses the next command.
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
        var rows = await ReadAsync(
            connection, own, IsMariaDb(connection) ? $"SELECT @@last_gtid; COMMIT; {MariaDbLast}" : $"COMMIT; {MySqlExecuted}", CancellationToken.None)
            .ConfigureAwait(false);
        await EndAsync(own).ConfigureAwait(false);
        return rows is [[var before], [var now, var position]] && now != before ? OwnAndOtherDomains(now, position) : Token(rows[^1][^1]);
    }

    /// <summary>The work is committed: what fails here is the connection's, and the next command on it says so.</summary>
    private static async Task EndAsync(MySqlTransaction transaction)
    {
        try
        {
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MySqlException or IOException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
        }
    }

    /// <summary>All that is committed by now: whether the last statement wrote something, the server doesn't tell.</summary>
    public static async Task<CausalToken> ReadLastAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await ReadPositionAsync(Own(connection), cancellationToken).ConfigureAwait(false);

    public static async Task<CausalToken> ReadPositionAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var rows = await ReadAsync(connection, transaction: null, IsMariaDb(connection) ? MariaDbPosition : MySqlExecuted, cancellationToken).ConfigureAwait(false);
        return Token(rows[^1][^1]);
    }

    private static bool IsMariaDb(MySqlConnection connection) => connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);

    private static MySqlConnection Own(DbConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return connection as MySqlConnection
            ?? throw new ArgumentException($"The connection is a {connection.GetType().Name}; use one that was opened here.", nameof(connection));
    }

    private static CausalToken OwnAndOtherDomains(string own, string position)
    {
        var domain = own[..(own.IndexOf('-', StringComparison.Ordinal) + 1)];
        return Token(string.Join(',', position.Split(',').Where(gtid => !gtid.StartsWith(domain, StringComparison.Ordinal)).Prepend(own)));
    }

    private static CausalToken Token(string text) => CausalToken.TryParse(text, out var token)
        ? token
        : throw new InvalidOperationException($"What the server says of its position is no token: '{(text.Length > 80 ? text[..80] + "…" : text)}'. What was done is done.");

    /// <summary>The first row of each result.</summary>
    private static async Task<List<string[]>> ReadAsync(MySqlConnection connection, MySqlTransaction? transaction, string text, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // texts of this file
        var command = new MySqlCommand(text, connection, transaction);
#pragma warning restore CA2100
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var rows = new List<string[]>();
                do
                {
                    await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                    rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : reader.GetString(i).Replace("\n", "", StringComparison.Ordinal))]);
                }
                while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));
                return rows;
            }
        }
    }
}
