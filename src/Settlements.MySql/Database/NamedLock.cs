using System.Globalization;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// A named lock of the server (GET_LOCK), which goes with the connection. By the driver's own commands, so that no reflection stands between the
/// name and the server: a name that does not arrive is a NULL, and so is the server's answer.
/// </summary>
internal static class NamedLock
{
    /// <summary>For the answer itself, on a busy server.</summary>
    private static readonly TimeSpan AnswerWait = TimeSpan.FromSeconds(30);

    /// <summary>Takes a lock.</summary>
    /// <param name="connection">Holds it from then on.</param>
    /// <param name="name">Of the whole server, at most 64 characters.</param>
    /// <param name="wait">How long another session is waited for; whole seconds.</param>
    /// <param name="place">The database, for errors.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it is taken; if not, another session has held it for all of the wait.</returns>
    /// <exception cref="MySqlStoreException">The server said neither yes nor no.</exception>
    public static async Task<bool> TryTakeAsync(MySqlConnection connection, string? name, TimeSpan wait, string place, CancellationToken cancellationToken)
    {
        var command = new MySqlCommand("SELECT get_lock(@name, @wait)", connection);
        await using var _ = command.ConfigureAwait(false);
        command.Parameters.AddWithValue("@name", name);
        command.Parameters.AddWithValue("@wait", (long)wait.TotalSeconds);
        command.CommandTimeout = (int)(wait + AnswerWait).TotalSeconds;
        var answer = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        return answer switch
        {
            null or DBNull => throw new MySqlStoreException(
                $"{place}: the server answered NULL to GET_LOCK('{name ?? "NULL"}'): it is out of memory, the statement was killed, or the lock's name is "
                + "missing. No other session is known to hold it. Try again; if it stays so, look into the server's error log.", isTransient: true),
            _ => Convert.ToInt64(answer, CultureInfo.InvariantCulture) == 1,
        };
    }

    /// <summary>Which connection holds a lock, as text for errors: <c>connection 42</c>, or another session when it is gone meanwhile.</summary>
    public static async Task<string> HolderAsync(MySqlConnection connection, string name, CancellationToken cancellationToken)
    {
        var command = new MySqlCommand("SELECT is_used_lock(@name)", connection);
        await using var _ = command.ConfigureAwait(false);
        command.Parameters.AddWithValue("@name", name);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is { } id and not DBNull
            ? string.Create(CultureInfo.InvariantCulture, $"connection {id}")
            : "another session";
    }

    /// <summary>Gives a lock back.</summary>
    public static async Task ReleaseAsync(MySqlConnection connection, string name)
    {
        var command = new MySqlCommand("SELECT release_lock(@name)", connection);
        await using var _ = command.ConfigureAwait(false);
        command.Parameters.AddWithValue("@name", name);
        await command.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false);
    }
}
