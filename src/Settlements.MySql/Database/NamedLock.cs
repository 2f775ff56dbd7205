using System.Globalization;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// A named lock of the server (GET_LOCK), which is released when the connection ends. It uses the driver's commands and not Dapper, so that
/// the name does not depend on reflection: GET_LOCK(NULL) returns NULL.
/// </summary>
internal static class NamedLock
{
    /// <summary>Additional time for the server's answer, on a busy server.</summary>
    private static readonly TimeSpan AnswerWait = TimeSpan.FromSeconds(30);

    /// <summary>Acquires a lock.</summary>
    /// <param name="connection">The connection that holds the lock.</param>
    /// <param name="name">The name, global to the server; at most 64 characters.</param>
    /// <param name="wait">The maximum wait, in whole seconds.</param>
    /// <param name="location">Database and server, for errors.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Whether the lock was acquired; false if another connection held it during the whole wait.</returns>
    /// <exception cref="MySqlStoreException">The server answered NULL.</exception>
    public static async Task<bool> TryAcquireAsync(
        MySqlConnection connection, string? name, TimeSpan wait, string location, CancellationToken cancellationToken)
    {
        // The connection may be idle for as long as the lock is held.
        var command = new MySqlCommand("SET SESSION wait_timeout = 2147483; SELECT get_lock(@name, @wait)", connection);
        await using var _ = command.ConfigureAwait(false);
        command.Parameters.AddWithValue("@name", name);
        command.Parameters.AddWithValue("@wait", (long)wait.TotalSeconds);
        command.CommandTimeout = (int)(wait + AnswerWait).TotalSeconds;
        var answer = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        return answer switch
        {
            null or DBNull => throw new MySqlStoreException(
                $"{location}: the server answered NULL to GET_LOCK('{name ?? "NULL"}'): it is out of memory, the statement was killed, "
                + $"or the lock's name is "
                + "missing. No other connection is known to hold it. Retry; if the error persists, check the server's error log.",
                isTransient: true),
            _ => Convert.ToInt64(answer, CultureInfo.InvariantCulture) == 1,
        };
    }

    /// <summary>
    /// Returns the connection that holds a lock, for errors: <c>connection 42</c>, or "another connection" if it was released.
    /// </summary>
    public static async Task<string> HolderAsync(MySqlConnection connection, string name, CancellationToken cancellationToken)
    {
        var command = new MySqlCommand("SELECT is_used_lock(@name)", connection);
        await using var _ = command.ConfigureAwait(false);
        command.Parameters.AddWithValue("@name", name);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is { } id and not DBNull
            ? string.Create(CultureInfo.InvariantCulture, $"connection {id}")
            : "another connection";
    }

    /// <summary>Releases a lock.</summary>
    public static async Task ReleaseAsync(MySqlConnection connection, string name)
    {
        var command = new MySqlCommand("SELECT release_lock(@name)", connection);
        await using var _ = command.ConfigureAwait(false);
        command.Parameters.AddWithValue("@name", name);
        await command.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false);
    }
}
