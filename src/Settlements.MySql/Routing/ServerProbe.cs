using System.Data;
using System.Globalization;
using System.Net.Sockets;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>Asks one host what it is, in one round trip on a connection of its own, which stays open. Not thread-safe: one probe at a time.</summary>
internal sealed class ServerProbe(string connectionString, ConnectionCredentials? credentials, TimeSpan timeout, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>"You need (at least one of) the … privilege(s)".</summary>
    private const int AccessDeniedForOperation = 1227;

    private static readonly TimeSpan RightsPeriod = TimeSpan.FromMinutes(1);

    private readonly string _connectionString = new MySqlConnectionStringBuilder(connectionString)
    {
        Pooling = false,
        ConnectionTimeout = (uint)Math.Max(1, Math.Ceiling(timeout.TotalSeconds)),
        DefaultCommandTimeout = (uint)Math.Max(1, Math.Ceiling(timeout.TotalSeconds)),
        ApplicationName = "settlement-probe",
        Database = "", // it is about the server: a database that is missing is its user's matter
    }.ConnectionString;

    private MySqlConnection? _connection;
    private bool _bypassesReadOnly;
    private long _rightsReadAt;

    /// <summary>False once the server said that our user may not see the state of replication.</summary>
    public bool SeesReplication { get; private set; } = true;

    /// <summary>Asks.</summary>
    /// <exception cref="MySqlException">It can't be reached, or doesn't let us in.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public async Task<ServerFacts> AskAsync(CancellationToken cancellationToken)
    {
        // What is asked has the connection to itself until it is answered.
        var asking = AskAsync(Interlocked.Exchange(ref _connection, null), cancellationToken);
        try
        {
            // Not by cancelling: the driver would first ask the silent server, on another connection, to end the statement.
            var (facts, connection) = await asking.WaitAsync(timeout, clock, cancellationToken).ConfigureAwait(false);
            _connection = connection;
            return facts;
        }
        catch (Exception e) when (!asking.IsCompleted)
        {
            _ = EndLaterAsync(asking);
            if (e is TimeoutException)
                throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"no answer within {timeout.TotalSeconds:0.###} s"), e);
            throw;
        }
    }

    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _connection, null)?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>A connection that was cut off is opened anew, once: a server that was restarted is no server that is gone.</summary>
    private async Task<(ServerFacts Facts, MySqlConnection Connection)> AskAsync(MySqlConnection? old, CancellationToken cancellationToken)
    {
        // Rights are looked at again now and then: they may have been given or taken.
        if (old is not null && clock.GetElapsedTime(_rightsReadAt) < RightsPeriod)
        {
            try
            {
                return (await AskOnceAsync(old, cancellationToken).ConfigureAwait(false), old);
            }
            catch (Exception e) when (e is MySqlException or IOException or SocketException or InvalidOperationException)
            {
                await EndAsync(old).ConfigureAwait(false);
            }
        }

        else if (old is not null)
        {
            await EndAsync(old).ConfigureAwait(false);
        }

        var connection = new MySqlConnection(_connectionString);
        credentials?.ApplyAll(connection);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            (_rightsReadAt, SeesReplication) = (clock.GetTimestamp(), true);
            _bypassesReadOnly = await MayBypassReadOnlyAsync(connection, cancellationToken).ConfigureAwait(false);
            return (await AskOnceAsync(connection, cancellationToken).ConfigureAwait(false), connection);
        }
        catch
        {
            await EndAsync(connection).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<ServerFacts> AskOnceAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var isMariaDb = connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        var command = new MySqlCommand(isMariaDb ? MariaDbText : MySqlText(connection.ServerVersion), connection);
        await using (command.ConfigureAwait(false))
        {
            if (!SeesReplication)
                command.CommandText = command.CommandText[..command.CommandText.IndexOf(';', StringComparison.Ordinal)];
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                var readOnly = !RoutedServer.IsOff(reader.GetValue(0));
                var executed = reader.IsDBNull(1) ? "" : reader.GetString(1);
                var applied = reader.IsDBNull(2) ? "" : reader.GetString(2);
                var identity = reader.GetString(3);
                var id = Convert.ToString(reader.GetValue(4), CultureInfo.InvariantCulture)!;
                var (replication, source, detail) = await ReadReplicationAsync(reader, isMariaDb, cancellationToken).ConfigureAwait(false);
                // A replica has what it applied; what it wrote itself, to its own log, is on no other host. Of a primary it is the other way round: what it
                // applied in a former life may be in nobody's log any more.
                var isFollower = replication > Replication.Unseen || (replication == Replication.Unseen && readOnly);
                var position = Position(isMariaDb && isFollower ? applied : executed);
                return new ServerFacts(identity, id, connection.ServerVersion, readOnly, replication, source, detail, position, _bypassesReadOnly);
            }
        }
    }

    private const string MariaDbText =
        """
        SELECT @@global.read_only, @@global.gtid_binlog_pos, @@global.gtid_slave_pos, concat(@@server_id, ' on ', @@hostname, ':', @@port, ' ', @@datadir), @@server_id;
        SHOW ALL SLAVES STATUS
        """;

    /// <summary>The words were changed in 8.0.22.</summary>
    private static string MySqlText(string version) =>
        "SELECT @@global.read_only, @@global.gtid_executed, '', @@global.server_uuid, @@global.server_uuid;\n"
        + (Version.TryParse(version.Split('-')[0], out var number) && number < new Version(8, 0, 22) ? "SHOW SLAVE STATUS" : "SHOW REPLICA STATUS");

    private async Task<(Replication State, string Source, string Detail)> ReadReplicationAsync(MySqlDataReader reader, bool isMariaDb, CancellationToken cancellationToken)
    {
        var unseen = (Replication.Unseen, "", isMariaDb ? "our user lacks SLAVE MONITOR" : "our user lacks REPLICATION CLIENT");
        if (!SeesReplication)
            return unseen;
        try
        {
            (Replication State, string Source, string Detail) worst = (Replication.None, "", "");
            if (!await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
                return worst;
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                // Group replication has channels of its own, and says who writes by read_only.
                var channel = Text(reader, "Channel_Name")?.StartsWith("group_replication", StringComparison.Ordinal) == true
                    ? (Replication.Unseen, "", "in a group")
                    : Channel(reader);
                if (channel.Item1 >= worst.State)
                    worst = channel;
            }

            return worst;
        }
        catch (MySqlException e) when (e.Number == AccessDeniedForOperation)
        {
            SeesReplication = false;
            return unseen;
        }
    }

    private static (Replication State, string Source, string Detail) Channel(MySqlDataReader reader)
    {
        var sql = Text(reader, "Slave_SQL_Running") ?? Text(reader, "Replica_SQL_Running");
        var io = Text(reader, "Slave_IO_Running") ?? Text(reader, "Replica_IO_Running");
        var source = $"{Text(reader, "Master_Host") ?? Text(reader, "Source_Host")}:{Text(reader, "Master_Port") ?? Text(reader, "Source_Port")}";
        var error = Text(reader, "Last_SQL_Error") is { Length: > 0 } ofSql ? ofSql : Text(reader, "Last_IO_Error") ?? "";
        var why = error.Length > 0 ? error : $"its receiver is {(io == "Yes" ? "running" : io == "No" ? "stopped" : io)}, its applier is {(sql == "Yes" ? "running" : "stopped")}";
        var state = (io, sql) switch
        {
            ("No", _) => Replication.Detached,
            (_, not "Yes") => Replication.Stopped,
            ("Yes", _) => Replication.Running,
            _ => Replication.Unheard,
        };
        var words = state switch
        {
            Replication.Running => $"follows {source}",
            Replication.Unheard => $"follows {source}, which it does not hear: {why}",
            Replication.Stopped => $"its replication from {source} is stopped: {why}",
            _ => $"it does not listen to {source}: {why}",
        };
        var id = Text(reader, "Master_Server_Id") ?? Text(reader, "Source_UUID") ?? Text(reader, "Master_UUID") ?? "";
        return (state, Text(reader, "Source_UUID") ?? Text(reader, "Master_UUID") ?? id, words);
    }

    private static string? Text(MySqlDataReader reader, string column)
    {
        for (var i = 0; i < reader.FieldCount; i++)
        {
            if (reader.GetName(i) == column)
                return reader.IsDBNull(i) ? null : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture);
        }

        return null;
    }

    private static CausalToken Position(string text) =>
        CausalToken.TryParse(text.Replace("\n", "", StringComparison.Ordinal), out var position) ? position : CausalToken.None;

    /// <summary>Such a user's writes are done on a replica too: the server does not refuse them.</summary>
    private static async Task<bool> MayBypassReadOnlyAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new MySqlCommand("SHOW GRANTS", connection);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(CommandBehavior.Default, cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    var grant = reader.GetString(0);
                    var on = grant.IndexOf(" ON *.* ", StringComparison.OrdinalIgnoreCase);
                    if (on > 0 && Bypasses.Any(right => grant.AsSpan(0, on).Contains(right, StringComparison.OrdinalIgnoreCase)))
                        return true;
                }
            }
        }

        return false;
    }

    private static readonly string[] Bypasses = ["ALL PRIVILEGES", "SUPER", "READ_ONLY ADMIN", "READ ONLY ADMIN", "CONNECTION_ADMIN"];

    /// <summary>An answer that nobody waits for any more; the driver's own timeout bounds it.</summary>
    private static async Task EndLaterAsync(Task<(ServerFacts Facts, MySqlConnection Connection)> asking)
    {
        try
        {
            await EndAsync((await asking.ConfigureAwait(false)).Connection).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It was not in time; what else was wrong, the next probe finds.
        }
    }

    private static async Task EndAsync(MySqlConnection connection)
    {
        try
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is MySqlException or IOException or SocketException or InvalidOperationException)
        {
            // It is gone already.
        }
    }
}
