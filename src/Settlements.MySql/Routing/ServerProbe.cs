using System.Data;
using System.Globalization;
using System.Net.Sockets;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>
/// Reads a server's role, replication state and position in one round trip, on a dedicated connection that stays open. Not thread-safe: one
/// probe at a time.
/// </summary>
internal sealed class ServerProbe(string connectionString, ConnectionCredentials? credentials, TimeSpan timeout, TimeProvider clock)
    : IAsyncDisposable
{
    /// <summary>"You need (at least one of) the … privilege(s)".</summary>
    private const int AccessDeniedForOperation = 1227;

    private static readonly TimeSpan PrivilegesPeriod = TimeSpan.FromMinutes(1);

    private readonly string _connectionString = new MySqlConnectionStringBuilder(connectionString)
    {
        Pooling = false,
        ConnectionTimeout = (uint)Math.Max(1, Math.Ceiling(timeout.TotalSeconds)),
        DefaultCommandTimeout = (uint)Math.Max(1, Math.Ceiling(timeout.TotalSeconds)),
        ApplicationName = "settlement-probe",
        Database = "", // the probe concerns the server only: a missing database is an error of the caller
    }.ConnectionString;

    private MySqlConnection? _connection;
    private bool _bypassesReadOnly;
    private long _privilegesReadAt;

    /// <summary>Whether the user may read the replication status; false once the server denied it.</summary>
    public bool SeesReplication { get; private set; } = true;

    /// <summary>Probes the server.</summary>
    /// <exception cref="MySqlException">The server can't be reached, or denies access.</exception>
    /// <exception cref="TimeoutException">The server did not answer in time.</exception>
    public async Task<ServerFacts> ProbeAsync(CancellationToken cancellationToken)
    {
        // The connection is used by this probe alone until it completes.
        var probe = ConnectAndReadAsync(Interlocked.Exchange(ref _connection, null), cancellationToken);
        try
        {
            // Not by cancellation: the driver would first open another connection to the unresponsive server to kill the statement.
            var (facts, connection) = await probe.WaitAsync(timeout, clock, cancellationToken).ConfigureAwait(false);
            _connection = connection;
            return facts;
        }
        catch (Exception e) when (!probe.IsCompleted)
        {
            _ = DisposeWhenCompletedAsync(probe);
            if (e is TimeoutException)
                throw new TimeoutException(
                    string.Create(CultureInfo.InvariantCulture, $"no answer within {timeout.TotalSeconds:0.###} s"), e);
            throw;
        }
    }

    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _connection, null)?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Reconnects once if the connection was lost: a server that was restarted is not down.</summary>
    private async Task<(ServerFacts Facts, MySqlConnection Connection)> ConnectAndReadAsync(
        MySqlConnection? old, CancellationToken cancellationToken)
    {
        // Privileges are read again once a minute, since they may have been granted or revoked.
        if (old is not null && clock.GetElapsedTime(_privilegesReadAt) < PrivilegesPeriod)
        {
            try
            {
                return (await ReadAsync(old, cancellationToken).ConfigureAwait(false), old);
            }
            catch (Exception e) when (e is MySqlException or IOException or SocketException or InvalidOperationException)
            {
                await DisposeAsync(old).ConfigureAwait(false);
            }
        }

        else if (old is not null)
        {
            await DisposeAsync(old).ConfigureAwait(false);
        }

        var connection = new MySqlConnection(_connectionString);
        credentials?.ApplyAll(connection);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            (_privilegesReadAt, SeesReplication) = (clock.GetTimestamp(), true);
            _bypassesReadOnly = await BypassesReadOnlyAsync(connection, cancellationToken).ConfigureAwait(false);
            return (await ReadAsync(connection, cancellationToken).ConfigureAwait(false), connection);
        }
        catch
        {
            await DisposeAsync(connection).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<ServerFacts> ReadAsync(MySqlConnection connection, CancellationToken cancellationToken)
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
                // A replica's position is what it applied: what it wrote to its own binary log exists on no other server. A primary's
                // position is its binary log: what it applied as a former replica may be in no binary log any more.
                var isReplica = replication > Replication.Unknown || (replication == Replication.Unknown && readOnly);
                var position = Position(isMariaDb && isReplica ? applied : executed);
                return new ServerFacts(
                    identity, id, connection.ServerVersion, readOnly, replication, source, detail, position, _bypassesReadOnly);
            }
        }
    }

    private const string MariaDbText =
        """
        SELECT @@global.read_only, @@global.gtid_binlog_pos, @@global.gtid_slave_pos,
               concat(@@server_id, ' on ', @@hostname, ':', @@port, ' ', @@datadir), @@server_id;
        SHOW ALL SLAVES STATUS
        """;

    /// <summary>SHOW SLAVE STATUS was renamed to SHOW REPLICA STATUS in 8.0.22.</summary>
    private static string MySqlText(string version) =>
        "SELECT @@global.read_only, @@global.gtid_executed, '', @@global.server_uuid, @@global.server_uuid;\n"
        + (Version.TryParse(version.Split('-')[0], out var number) && number < new Version(8, 0, 22)
            ? "SHOW SLAVE STATUS" : "SHOW REPLICA STATUS");

    private async Task<(Replication State, string Source, string Detail)> ReadReplicationAsync(
        MySqlDataReader reader, bool isMariaDb, CancellationToken cancellationToken)
    {
        var unknown = (Replication.Unknown, "", isMariaDb ? "the user lacks SLAVE MONITOR" : "the user lacks REPLICATION CLIENT");
        if (!SeesReplication)
            return unknown;
        try
        {
            (Replication State, string Source, string Detail) worst = (Replication.None, "", "");
            if (!await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
                return worst;
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                // Group replication has dedicated channels, and marks the writable member by read_only.
                var channel = Text(reader, "Channel_Name")?.StartsWith("group_replication", StringComparison.Ordinal) == true
                    ? (Replication.Unknown, "", "in a replication group")
                    : Channel(reader);
                if (channel.Item1 >= worst.State)
                    worst = channel;
            }

            return worst;
        }
        catch (MySqlException e) when (e.Number == AccessDeniedForOperation)
        {
            SeesReplication = false;
            return unknown;
        }
    }

    private static (Replication State, string Source, string Detail) Channel(MySqlDataReader reader)
    {
        var sql = Text(reader, "Slave_SQL_Running") ?? Text(reader, "Replica_SQL_Running");
        var io = Text(reader, "Slave_IO_Running") ?? Text(reader, "Replica_IO_Running");
        var source = $"{Text(reader, "Master_Host") ?? Text(reader, "Source_Host")}:"
            + $"{Text(reader, "Master_Port") ?? Text(reader, "Source_Port")}";
        var error = Text(reader, "Last_SQL_Error") is { Length: > 0 } ofSql ? ofSql : Text(reader, "Last_IO_Error") ?? "";
        var reason = error.Length > 0
            ? error
            : $"its receiver is {(io == "Yes" ? "running" : io == "No" ? "stopped" : io)}, its applier is "
                + $"{(sql == "Yes" ? "running" : "stopped")}";
        var state = (io, sql) switch
        {
            ("No", _) => Replication.ReceiverStopped,
            (_, not "Yes") => Replication.ApplierStopped,
            ("Yes", _) => Replication.Running,
            _ => Replication.Connecting,
        };
        var detail = state switch
        {
            Replication.Running => $"replicates from {source}",
            Replication.Connecting => $"replicates from {source}, but is not connected to it: {reason}",
            Replication.ApplierStopped => $"its applier for {source} is stopped: {reason}",
            _ => $"its receiver for {source} is stopped: {reason}",
        };
        var id = Text(reader, "Master_Server_Id") ?? Text(reader, "Source_UUID") ?? Text(reader, "Master_UUID") ?? "";
        return (state, Text(reader, "Source_UUID") ?? Text(reader, "Master_UUID") ?? id, detail);
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

    /// <summary>Returns whether the user's privileges bypass read_only, so that a replica would not refuse its writes.</summary>
    private static async Task<bool> BypassesReadOnlyAsync(MySqlConnection connection, CancellationToken cancellationToken)
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
                    if (on > 0 && BypassingPrivileges.Any(p => grant.AsSpan(0, on).Contains(p, StringComparison.OrdinalIgnoreCase)))
                        return true;
                }
            }
        }

        return false;
    }

    private static readonly string[] BypassingPrivileges = ["ALL PRIVILEGES", "SUPER", "READ_ONLY ADMIN", "READ ONLY ADMIN",
        "CONNECTION_ADMIN"];

    /// <summary>Disposes the connection of a probe that timed out; the driver's timeout bounds the wait.</summary>
    private static async Task DisposeWhenCompletedAsync(Task<(ServerFacts Facts, MySqlConnection Connection)> probe)
    {
        try
        {
            await DisposeAsync((await probe.ConfigureAwait(false)).Connection).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The probe is already reported as timed out; the next one finds any other error.
        }
    }

    private static async Task DisposeAsync(MySqlConnection connection)
    {
        try
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is MySqlException or IOException or SocketException or InvalidOperationException)
        {
            // The connection is already broken.
        }
    }
}
