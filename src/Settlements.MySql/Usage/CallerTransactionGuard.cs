using System.Data;
using System.Data.Common;
using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Validates the caller's transaction before events are written in it.</summary>
internal sealed class CallerTransactionGuard(MySqlDatabase database)
{
    /// <summary>Access denied to a database, a table or a column; unknown database; unknown table.</summary>
    private static readonly int[] Unreachable = [1044, 1142, 1143, 1049, 1146];

    /// <summary>The name of the store's database, known once server and schema were checked.</summary>
    private volatile string? _name;

    public async Task<(MySqlConnection Connection, MySqlTransaction Transaction)> RequireAsync(
        DbTransaction transaction, CancellationToken cancellationToken)
    {
        if (transaction is not MySqlTransaction active)
            throw Invalid($"is a {transaction.GetType().FullName}", "Use a transaction of MySqlConnector.");
        if (active.Connection is not { } connection)
            throw Invalid("is already completed", "Use an active one.");
        if (active.IsolationLevel != IsolationLevel.ReadCommitted)
        {
            // Other levels read as of their first statement: a day that was closed since would seem open, and its events would never be
            // posted.
            throw Invalid($"has isolation level {active.IsolationLevel}", "Begin it with IsolationLevel.ReadCommitted.");
        }

        // A driver that maps BINARY(16) to Guid would return other bytes than were written.
        var settings = new MySqlConnectionStringBuilder(connection.ConnectionString);
        if (settings.OldGuids
            || settings.GuidFormat is MySqlGuidFormat.Binary16 or MySqlGuidFormat.TimeSwapBinary16 or MySqlGuidFormat.LittleEndianBinary16)
        {
            throw Invalid(
                $"is on a connection with {(settings.OldGuids ? "Old Guids" : $"GuidFormat={settings.GuidFormat}")}",
                "Use GuidFormat=Char36, which is the default, or None.");
        }

        // On the store's connection: the caller's is inside a transaction.
        _name ??= await database.ReadAsync(
            reader => reader.ExecuteScalarAsync<string>(new CommandDefinition("SELECT database()", cancellationToken: cancellationToken)),
            cancellationToken).ConfigureAwait(false);

        return (connection, active);
    }

    /// <summary>
    /// Enters the writerLock. All names have the store's database with them: the transaction may be on any database of the server, and what
    /// of its own it writes is committed with the events.
    /// </summary>
    public async Task<WriterLockState> AcquireLockAsync(
        MySqlConnection connection, MySqlTransaction transaction, CancellationToken cancellationToken)
    {
        WriterLockState writerLock;
        try
        {
            writerLock = await WriterLockState.AcquireAsync(connection, transaction, _name, cancellationToken).ConfigureAwait(false);
        }
        catch (MySqlException e) when (Unreachable.Contains(e.Number))
        {
            throw new MySqlStoreException(
                $"{database.Location}: the events can't be written in the transaction, because its connection ({connection.DataSource}, "
                + $"database "
                + $"'{connection.Database}') can't access the tables of database '{_name}': {e.Message.TrimEnd('.')}. Use a connection "
                + $"to the same "
                + $"server, and GRANT SELECT, INSERT, UPDATE ON {Sql.Name(_name!)}.* TO its user.", isTransient: false, e);
        }

        if (writerLock.SqlMode.Contains("NO_BACKSLASH_ESCAPES", StringComparison.Ordinal))
            throw Invalid("is on a connection with sql_mode NO_BACKSLASH_ESCAPES", "Remove that mode.");
        return writerLock;
    }

    /// <summary>Rolls back to the savepoint of the writer lock, if the transaction is still active.</summary>
    public static async Task TryRollBackAsync(MySqlTransaction transaction)
    {
        try
        {
            await transaction.RollbackAsync(WriterLockState.Savepoint, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (MySqlErrorTranslator.IsDriverError(e))
        {
            // After a deadlock or a lost connection the server has rolled back the whole transaction, which the first error reports.
        }
    }

    private static ArgumentException Invalid(string reason, string remedy) =>
        new($"The transaction {reason}: events can't be written in it. {remedy}");
}
