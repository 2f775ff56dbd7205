using System.Globalization;
using Dapper;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Acquires the writer lock exclusively, in short attempts that release the rows already locked, so that an open transaction blocks only
/// the close, and not the writers of the other lock rows.
/// </summary>
internal static partial class WriterLockWait
{
    /// <summary>The maximum wait of an attempt, in seconds, which is the time for which writers of other rows may be blocked.</summary>
    private const int AttemptSecondsMax = 3;

    private const int LockWaitTimeout = 1205;

    /// <summary>The number of attempts before the blocking transaction is reported as unknown.</summary>
    private const int UnknownHolderAttempts = 3;

    /// <summary>The delay between attempts: at most 3 s including jitter.</summary>
    private static readonly Backoff Pause = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2));

    /// <summary>The wait after which the blocking transaction is queried; the server reports it only during the wait.</summary>
    private static readonly TimeSpan FindHolderAfter = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// Acquires all lock rows. Must be the first statement of its transaction, which it rolls back and restarts between attempts.
    /// </summary>
    /// <exception cref="MySqlStoreException">
    /// A row was locked for longer than <see cref="MySqlStoreOptions.WriterWaitMax"/>; the message names the transaction.
    /// </exception>
    public static async Task AcquireExclusiveAsync(
        MySqlDatabase database, MySqlConnection connection, MySqlTransaction transaction, CancellationToken cancellationToken)
    {
        var (started, max) = (TimeProvider.System.GetTimestamp(), database.Options.WriterWaitMax);
        WriterLockHolder? holder = null;
        for (var attempt = 0; ; attempt++)
        {
            var seconds = (int)Math.Clamp(Math.Ceiling((max - TimeProvider.System.GetElapsedTime(started)).TotalSeconds), 1,
                Math.Min(1 + attempt, AttemptSecondsMax));
            var (isAcquired, seen) = await TryAsync(database, connection, transaction, seconds, cancellationToken).ConfigureAwait(false);
            if (isAcquired)
                return;

            // The server reports the holder only during the wait, which may be over when it is queried: it is unknown only after several
            // attempts.
            if (seen is null ? holder is null && attempt == UnknownHolderAttempts - 1 : seen.ConnectionId != holder?.ConnectionId)
                Waits(database.Server.Logger, database.Location, seen?.ToString() ?? WriterLockHolder.Unknown, max.TotalSeconds);
            holder = seen ?? holder;
            if (TimeProvider.System.GetElapsedTime(started) >= max && (holder is not null || attempt >= UnknownHolderAttempts - 1))
                throw TooLong(database.Location, holder, TimeProvider.System.GetElapsedTime(started), max);
            await Task.Delay(Pause.DelayAfter(attempt), cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, transaction, "START TRANSACTION", cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<(bool IsAcquired, WriterLockHolder? Holder)> TryAsync(
        MySqlDatabase database, MySqlConnection connection, MySqlTransaction transaction, int seconds, CancellationToken cancellationToken)
    {
        var acquiring = ExecuteAsync(
            connection, transaction,
            string.Create(CultureInfo.InvariantCulture, $"""
                SET SESSION innodb_lock_wait_timeout = {seconds};
                SELECT slot FROM writer_locks ORDER BY slot FOR UPDATE;
                SET SESSION innodb_lock_wait_timeout = DEFAULT
                """),
            cancellationToken);
        WriterLockHolder? holder = null;
        if (await Task.WhenAny(acquiring, Task.Delay(FindHolderAfter, cancellationToken)).ConfigureAwait(false) != acquiring)
            holder = await WriterLockHolder.FindAsync(database, connection.ServerThread, cancellationToken).ConfigureAwait(false);
        try
        {
            await acquiring.ConfigureAwait(false);
            return (true, null);
        }
        catch (MySqlException e) when (e.Number == LockWaitTimeout)
        {
            // Only the statement was rolled back: the rows before the blocked one are still locked.
            await ExecuteAsync(connection, transaction, "ROLLBACK; SET SESSION innodb_lock_wait_timeout = DEFAULT", cancellationToken)
                .ConfigureAwait(false);
            return (false, holder);
        }
    }

    private static Task<int> ExecuteAsync(
        MySqlConnection connection, MySqlTransaction transaction, string sql, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(sql, transaction: transaction, cancellationToken: cancellationToken));

    /// <summary>Not transient: the maximum wait has elapsed.</summary>
    private static MySqlStoreException TooLong(string location, WriterLockHolder? holder, TimeSpan waited, TimeSpan max) =>
        new(string.Create(
        CultureInfo.InvariantCulture,
        $"{location}: waited {waited.TotalSeconds:0} s for transactions that write events, longer than WriterWaitMax, "
        + $"{max.TotalSeconds:0.###} s. "
        + $"{holder?.Remedy ?? WriterLockHolder.UnknownRemedy} Nothing was changed; retry afterwards."), isTransient: false);

    [LoggerMessage(
        3002, LogLevel.Warning,
        "{Location}: close is waiting for a transaction that writes events: {Holder}. Maximum wait {SecondsMax} s.")]
    private static partial void Waits(ILogger logger, string location, string holder, double secondsMax);
}
