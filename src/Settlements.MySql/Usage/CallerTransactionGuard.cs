using System.Data;
using System.Data.Common;
using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>What a transaction that is somebody else's has to be like before events are written in it.</summary>
internal sealed class CallerTransactionGuard(MySqlDatabase database)
{
    /// <summary>No right on a database, a table or a column; no such database; no such table.</summary>
    private static readonly int[] Unreachable = [1044, 1142, 1143, 1049, 1146];

    /// <summary>Our database as the server names it, once the server and the tables were looked at.</summary>
    private volatile string? _name;

    public async Task<(MySqlConnection Connection, MySqlTransaction Transaction)> RequireAsync(
        DbTransaction transaction, CancellationToken cancellationToken)
    {
        if (transaction is not MySqlTransaction own)
            throw Wrong($"is a {transaction.GetType().FullName}", "Use a transaction of MySqlConnector.");
        if (own.Connection is not { } connection)
            throw Wrong("is already completed", "Use an open transaction.");
        if (own.IsolationLevel != IsolationLevel.ReadCommitted)
        {
            // Others read as of their first statement: a day that was closed since would seem open, and its events would count nowhere.
            throw Wrong($"is {own.IsolationLevel}", "Begin it with IsolationLevel.ReadCommitted.");
        }

        // A driver that takes BINARY(16) for a Guid has other bytes for us than we wrote.
        var settings = new MySqlConnectionStringBuilder(connection.ConnectionString);
        if (settings.OldGuids || settings.GuidFormat is MySqlGuidFormat.Binary16 or MySqlGuidFormat.TimeSwapBinary16 or MySqlGuidFormat.LittleEndianBinary16)
            throw Wrong($"is on a connection with {(settings.OldGuids ? "Old Guids" : $"GuidFormat={settings.GuidFormat}")}", "Use GuidFormat=Char36, which is the default, or None.");

        // By a connection of our own: theirs is inside a transaction.
        _name ??= await database.ReadAsync(
            reader => reader.ExecuteScalarAsync<string>(new CommandDefinition("SELECT database()", cancellationToken: cancellationToken)),
            cancellationToken).ConfigureAwait(false);

        return (connection, own);
    }

    /// <summary>
    /// Enters the gate. All names have the store's database with them: the transaction may be on any database of the server, and what of its own it
    /// writes is committed with the events.
    /// </summary>
    public async Task<WriterLockState> EnterAsync(MySqlConnection connection, MySqlTransaction transaction, CancellationToken cancellationToken)
    {
        WriterLockState gate;
        try
        {
            gate = await WriterLockState.EnterAsync(connection, transaction, _name, cancellationToken).ConfigureAwait(false);
        }
        catch (MySqlException e) when (Unreachable.Contains(e.Number))
        {
            throw new MySqlStoreException(
                $"{database.Place}: the events can't be written within the transaction, since its connection ({connection.DataSource}, database '{connection.Database}') "
                + $"can't use the tables of database '{_name}': {e.Message.TrimEnd('.')}. Use a connection to the same server, and GRANT SELECT, INSERT, UPDATE ON "
                + $"{Sql.Name(_name!)}.* TO its user.", isTransient: false, e);
        }

        if (gate.SqlMode.Contains("NO_BACKSLASH_ESCAPES", StringComparison.Ordinal))
            throw Wrong("is in a session with sql_mode NO_BACKSLASH_ESCAPES", "Take that mode out.");
        return gate;
    }

    /// <summary>Takes back what was written since the gate was entered, where that can still be done.</summary>
    public static async Task TryUndoAsync(MySqlTransaction transaction)
    {
        try
        {
            await transaction.RollbackAsync(WriterLockState.Savepoint, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (MySqlErrorTranslator.IsOfDriver(e))
        {
            // A deadlock, or a lost connection: the server has rolled back all of it. The first failure says so.
        }
    }

    private static ArgumentException Wrong(string what, string remedy) => new($"The transaction {what}: events can't be written in it. {remedy}");
}
