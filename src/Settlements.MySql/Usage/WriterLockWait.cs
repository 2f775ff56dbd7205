using System.Globalization;
using Dapper;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Waits for all gates in short tries that let go of those that are held already, so that one transaction that stays open holds up the close alone,
/// and not the writers of the other gates.
/// </summary>
internal static partial class WriterLockWait
{
    /// <summary>The longest wait for one gate, in seconds: so long may writers of the other gates be held up.</summary>
    private const int TrySecondsMax = 3;

    private const int LockWaitTimeout = 1205;

    /// <summary>So many tries are made at least before the transaction is said to be unknown.</summary>
    private const int UnseenTries = 3;

    /// <summary>Between tries: at most 3 s with its jitter.</summary>
    private static readonly Backoff Pause = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2));

    /// <summary>After so long a wait we look who holds the gate; the server tells it only during the wait.</summary>
    private static readonly TimeSpan LookAfter = TimeSpan.FromMilliseconds(300);

    /// <summary>Holds all gates. First thing in its transaction, which it rolls back and begins anew between tries.</summary>
    /// <exception cref="MySqlStoreException">Some gate was held for longer than <see cref="MySqlStoreOptions.WriterWaitMax"/>; the transaction is named.</exception>
    public static async Task CloseAllAsync(MySqlDatabase database, MySqlConnection connection, MySqlTransaction transaction, CancellationToken cancellationToken)
    {
        var (started, max) = (TimeProvider.System.GetTimestamp(), database.Options.WriterWaitMax);
        WriterLockHolder? holder = null;
        for (var attempt = 0; ; attempt++)
        {
            var seconds = (int)Math.Clamp(Math.Ceiling((max - TimeProvider.System.GetElapsedTime(started)).TotalSeconds), 1, Math.Min(1 + attempt, TrySecondsMax));
            var (isHeld, seen) = await TryAsync(database, connection, transaction, seconds, cancellationToken).ConfigureAwait(false);
            if (isHeld)
                return;

            // The server tells it only during the wait, which may be over when it is asked: who can't be seen in several tries is said to be unknown.
            if (seen is null ? holder is null && attempt == UnseenTries - 1 : seen.ConnectionId != holder?.ConnectionId)
                Waits(database.Server.Logger, database.Place, seen?.ToString() ?? WriterLockHolder.Unknown, max.TotalSeconds);
            holder = seen ?? holder;
            if (TimeProvider.System.GetElapsedTime(started) >= max && (holder is not null || attempt >= UnseenTries - 1))
                throw TooLong(database.Place, holder, TimeProvider.System.GetElapsedTime(started), max);
            await Task.Delay(Pause.DelayAfter(attempt), cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, transaction, "START TRANSACTION", cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<(bool IsHeld, WriterLockHolder? Holder)> TryAsync(
        MySqlDatabase database, MySqlConnection connection, MySqlTransaction transaction, int seconds, CancellationToken cancellationToken)
    {
        var taking = ExecuteAsync(
            connection, transaction,
            string.Create(CultureInfo.InvariantCulture, $"""
                SET SESSION innodb_lock_wait_timeout = {seconds};
                SELECT gate FROM writer_locks ORDER BY gate FOR UPDATE;
                SET SESSION innodb_lock_wait_timeout = DEFAULT
                """),
            cancellationToken);
        WriterLockHolder? holder = null;
        if (await Task.WhenAny(taking, Task.Delay(LookAfter, cancellationToken)).ConfigureAwait(false) != taking)
            holder = await WriterLockHolder.FindAsync(database, connection.ServerThread, cancellationToken).ConfigureAwait(false);
        try
        {
            await taking.ConfigureAwait(false);
            return (true, null);
        }
        catch (MySqlException e) when (e.Number == LockWaitTimeout)
        {
            // The statement alone was rolled back: the gates before the one that is held are still ours.
            await ExecuteAsync(connection, transaction, "ROLLBACK; SET SESSION innodb_lock_wait_timeout = DEFAULT", cancellationToken).ConfigureAwait(false);
            return (false, holder);
        }
    }

    private static Task<int> ExecuteAsync(MySqlConnection connection, MySqlTransaction transaction, string sql, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(sql, transaction: transaction, cancellationToken: cancellationToken));

    /// <summary>Not transient: it has been tried for all the time that it may take.</summary>
    private static MySqlStoreException TooLong(string place, WriterLockHolder? holder, TimeSpan waited, TimeSpan max) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{place}: waited {waited.TotalSeconds:0} s for transactions that write events, longer than WriterWaitMax, {max.TotalSeconds:0.###} s. "
        + $"{holder?.Remedy ?? WriterLockHolder.UnknownRemedy} Nothing was changed; do it again then."), isTransient: false);

    [LoggerMessage(
        3002, LogLevel.Warning,
        "{Place}: a close waits for a transaction that writes events: {Holder}. It waits in short tries, for at most {SecondsMax} s")]
    private static partial void Waits(ILogger logger, string place, string holder, double secondsMax);
}
