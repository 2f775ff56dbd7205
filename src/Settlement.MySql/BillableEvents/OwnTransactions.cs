using System.Data;
using System.Data.Common;
using Dapper;
using MySqlConnector;
using Settlement.MySql.Connections;

namespace Settlement.MySql.BillableEvents;

/// <summary>What a transaction that is somebody else's has to be like before events are written in it.</summary>
internal sealed class OwnTransactions(MySqlDatabase database)
{
    /// <summary>Our database as the server names it, once the server and the tables were looked at.</summary>
    private volatile string? _name;

    public async Task<(MySqlConnection Connection, MySqlTransaction Transaction)> RequireAsync(
        DbTransaction transaction, CancellationToken cancellationToken)
    {
        if (transaction is not MySqlTransaction own)
            throw Wrong($"is a {transaction.GetType().FullName}", "Use a transaction of MySqlConnector.");
        if (own.Connection is not { } connection)
            throw Wrong("is at its end", "Use one that is under way.");
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

    /// <summary>What is known of its session once the gate is entered.</summary>
    public void Require(WriterGate gate)
    {
        // Of another one with such tables the events would count elsewhere, or nowhere. Both names are the server's: where case counts, it counts here.
        if (gate.Database != _name)
            throw Wrong($"is on database '{gate.Database}', and the events belong to '{_name}'", "Use a connection to that database, on the same server.");
        if (gate.SqlMode.Contains("NO_BACKSLASH_ESCAPES", StringComparison.Ordinal))
            throw Wrong("is in a session with sql_mode NO_BACKSLASH_ESCAPES", "Take that mode out.");
    }

    /// <summary>Takes back what was written since the gate was entered, where that can still be done.</summary>
    public static async Task TryUndoAsync(MySqlTransaction transaction)
    {
        try
        {
            await transaction.RollbackAsync(WriterGate.Savepoint, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (Fault.IsOfDriver(e))
        {
            // A deadlock, or a lost connection: the server has rolled back all of it. The first failure says so.
        }
    }

    private static ArgumentException Wrong(string what, string remedy) => new($"The transaction {what}: events can't be written in it. {remedy}");
}
