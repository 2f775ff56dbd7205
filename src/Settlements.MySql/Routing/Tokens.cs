using System.Data.Common;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>Reads causal tokens from the server.</summary>
internal static class Tokens
{
    private const string MariaDbLast = "SELECT @@last_gtid, @@global.gtid_binlog_pos";
    private const string MariaDbPosition = "SELECT @@global.gtid_binlog_pos";
    private const string MySqlExecuted = "SELECT @@global.gtid_executed";

    /// <summary>
    /// Commits and reads the token in one round trip. MariaDB returns the connection session's last transaction (last_gtid), which within
    /// its domain is later than everything that the session read; for other domains, and if the session wrote nothing, the token is the
    /// server's position. MySQL returns all executed transactions (Reference Manual, gtid_executed). The driver's transaction object is
    /// then completed by an empty COMMIT, without which the connection refuses the next command.
    /// </summary>
    public static async Task<CausalToken> CommitAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (transaction is not MySqlTransaction { Connection: { } connection } active)
        {
            throw new InvalidOperationException(transaction is MySqlTransaction
                ? "The transaction is already completed: it was committed or rolled back. Begin a new one."
                : $"The transaction is a {transaction.GetType().Name}; use a MySqlTransaction of a connection that this data source "
                    + $"opened.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        var rows = await ReadAsync(
            connection, active, IsMariaDb(connection) ? $"SELECT @@last_gtid; COMMIT; {MariaDbLast}" : $"COMMIT; {MySqlExecuted}",
            CancellationToken.None)
            .ConfigureAwait(false);
        await CompleteAsync(active).ConfigureAwait(false);
        return rows is [[var before], [var now, var position]] && now != before ? LastAndOtherDomains(now, position) : Token(rows[^1][^1]);
    }

    /// <summary>The transaction is committed. An error here concerns the connection only, and its next command reports it.</summary>
    private static async Task CompleteAsync(MySqlTransaction transaction)
    {
        try
        {
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MySqlException or IOException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
        }
    }

    /// <summary>Reads the server's current position: the server doesn't report whether the last statement wrote anything.</summary>
    public static async Task<CausalToken> ReadLastAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await ReadPositionAsync(Require(connection), cancellationToken).ConfigureAwait(false);

    public static async Task<CausalToken> ReadPositionAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var sql = IsMariaDb(connection) ? MariaDbPosition : MySqlExecuted;
        var rows = await ReadAsync(connection, transaction: null, sql, cancellationToken).ConfigureAwait(false);
        return Token(rows[^1][^1]);
    }

    private static bool IsMariaDb(MySqlConnection connection) =>
        connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);

    private static MySqlConnection Require(DbConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return connection as MySqlConnection
            ?? throw new ArgumentException(
                $"The connection is a {connection.GetType().Name}; use a MySqlConnection that this data source opened.",
                nameof(connection));
    }

    private static CausalToken LastAndOtherDomains(string last, string position)
    {
        var domain = last[..(last.IndexOf('-', StringComparison.Ordinal) + 1)];
        return Token(string.Join(',', position.Split(',').Where(gtid => !gtid.StartsWith(domain, StringComparison.Ordinal)).Prepend(last)));
    }

    private static CausalToken Token(string text) => CausalToken.TryParse(text, out var token)
        ? token
        : throw new InvalidOperationException(
            $"The server's position can't be parsed as a token: '{(text.Length > 80 ? text[..80] + "…" : text)}'. The transaction itself "
                + $"is committed.");

    /// <summary>Returns the first row of each result set.</summary>
    private static async Task<List<string[]>> ReadAsync(
        MySqlConnection connection, MySqlTransaction? transaction, string text, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // constants of this file
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
                    rows.Add([.. Enumerable.Range(0, reader.FieldCount)
                        .Select(i => reader.IsDBNull(i) ? "" : reader.GetString(i).Replace("\n", "", StringComparison.Ordinal))]);
                }
                while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));
                return rows;
            }
        }
    }
}
