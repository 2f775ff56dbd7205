using System.Globalization;
using System.Net.Sockets;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Executes the statements that initialize a session, also in pools that don't reset their connections.</summary>
internal static class SessionStart
{
    /// <summary>Initializes a session. After an error it is ended, since its pool may not initialize it again.</summary>
    public static async ValueTask InitializeAsync(MySqlConnection connection, string statements, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(connection, statements, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await EndAsync(connection).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Rolls back a transaction that was begun by a statement, of which the driver doesn't know. If that fails, the session is ended.
    /// </summary>
    public static async ValueTask RollBackAsync(MySqlConnection connection)
    {
        try
        {
            await ExecuteAsync(connection, "ROLLBACK", CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (IsConnectionError(e))
        {
            await EndAsync(connection).ConfigureAwait(false);
        }
    }

    /// <summary>Ends a session on the server, so that the driver does not return the connection to its pool.</summary>
    private static async ValueTask EndAsync(MySqlConnection connection)
    {
        try
        {
            await ExecuteAsync(
                connection, string.Create(CultureInfo.InvariantCulture, $"KILL {connection.ServerThread}"), CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (IsConnectionError(e))
        {
            // The server's answer to KILL is an error, and a connection that was lost is not returned to the pool either.
        }
    }

    private static bool IsConnectionError(Exception error) =>
        error is InvalidOperationException or MySqlException or IOException or SocketException;

    private static async Task ExecuteAsync(MySqlConnection connection, string statements, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
#pragma warning disable CA2100 // constant statements of this library
            command.CommandText = statements;
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
