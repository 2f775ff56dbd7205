using System.Data;
using System.Globalization;
using MySqlConnector;
using Settlement.Routing;

namespace Settlement.MySql.Routing;

/// <summary>Asks one host what it is, in one round trip on a connection of its own, which stays open. Not thread-safe: one probe at a time.</summary>
internal sealed class HostProbe(string connectionString, TimeSpan timeout) : IAsyncDisposable
{
    /// <summary>"You need (at least one of) the … privilege(s)".</summary>
    private const int AccessDeniedForOperation = 1227;

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

    /// <summary>False once the server said that our user may not see the state of replication.</summary>
    public bool SeesReplication { get; private set; } = true;

    /// <summary>Asks.</summary>
    /// <exception cref="MySqlException">It can't be reached, or doesn't let us in.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public async Task<HostFacts> AskAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            // What was cut off in the middle is opened anew, once: a server that was restarted is no server that is gone.
            var isOld = _connection is not null;
            try
            {
                return await AskOnceAsync(limit.Token).ConfigureAwait(false);
            }
            catch (MySqlException) when (isOld && !limit.IsCancellationRequested)
            {
                await CloseAsync().ConfigureAwait(false);
                return await AskOnceAsync(limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            await CloseAsync().ConfigureAwait(false);
            if (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                throw new TimeoutException($"no answer within {timeout.TotalSeconds:0.###} s", e);
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    private async Task<HostFacts> AskOnceAsync(CancellationToken cancellationToken)
    {
        if (_connection is null)
        {
            _connection = new MySqlConnection(_connectionString);
            await _connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            _bypassesReadOnly = await MayBypassReadOnlyAsync(_connection, cancellationToken).ConfigureAwait(false);
        }

        var connection = _connection;
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
                var readOnly = !RoutedHost.IsOff(reader.GetValue(0));
                var executed = reader.IsDBNull(1) ? "" : reader.GetString(1);
                var applied = reader.IsDBNull(2) ? "" : reader.GetString(2);
                var identity = reader.GetString(3);
                var (replication, detail) = await ReadReplicationAsync(reader, isMariaDb, cancellationToken).ConfigureAwait(false);
                // A replica has what it applied. What it wrote itself, to its own log, is on no other host.
                var position = isMariaDb && replication is Replication.Running or Replication.Stopped
                    ? Position(applied)
                    : Position(executed).Union(Position(applied));
                return new HostFacts(identity, connection.ServerVersion, readOnly, replication, detail, position, _bypassesReadOnly);
            }
        }
    }

    private const string MariaDbText =
        """
        SELECT @@global.read_only, @@global.gtid_binlog_pos, @@global.gtid_slave_pos, concat(@@server_id, ' on ', @@hostname, ':', @@port, ' ', @@datadir);
        SHOW ALL SLAVES STATUS
        """;

    /// <summary>The words were changed in 8.0.22.</summary>
    private static string MySqlText(string version) =>
        "SELECT @@global.read_only, @@global.gtid_executed, '', @@global.server_uuid;\n"
        + (Version.TryParse(version.Split('-')[0], out var number) && number < new Version(8, 0, 22) ? "SHOW SLAVE STATUS" : "SHOW REPLICA STATUS");

    private async Task<(Replication State, string Detail)> ReadReplicationAsync(MySqlDataReader reader, bool isMariaDb, CancellationToken cancellationToken)
    {
        if (!SeesReplication)
            return (Replication.None, "");
        try
        {
            if (!await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
                return (Replication.None, "");
            var worst = Replication.None;
            var detail = "";
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                // Group replication has channels of its own, and says who writes by read_only.
                if (Text(reader, "Channel_Name")?.StartsWith("group_replication", StringComparison.Ordinal) == true)
                    continue;
                var (state, words) = Channel(reader);
                if (worst is Replication.None || state is Replication.Stopped)
                    (worst, detail) = (state, words);
            }

            return (worst, detail);
        }
        catch (MySqlException e) when (e.Number == AccessDeniedForOperation)
        {
            SeesReplication = false;
            return (Replication.None, isMariaDb ? "our user lacks SLAVE MONITOR" : "our user lacks REPLICATION CLIENT");
        }
    }

    private static (Replication State, string Detail) Channel(MySqlDataReader reader)
    {
        var sql = Text(reader, "Slave_SQL_Running") ?? Text(reader, "Replica_SQL_Running");
        var io = Text(reader, "Slave_IO_Running") ?? Text(reader, "Replica_IO_Running");
        var source = $"{Text(reader, "Master_Host") ?? Text(reader, "Source_Host")}:{Text(reader, "Master_Port") ?? Text(reader, "Source_Port")}";
        var error = Text(reader, "Last_SQL_Error") is { Length: > 0 } ofSql ? ofSql : Text(reader, "Last_IO_Error") ?? "";
        return (sql, io) switch
        {
            ("Yes", "Yes") => (Replication.Running, $"follows {source}"),
            ("Yes", _) => (Replication.Running, $"follows {source}, which it does not hear: {(error.Length > 0 ? error : $"its receiver is {io}")}"),
            ("No", "No") when error.Length == 0 => (Replication.Ended, $"its replication from {source} was ended"),
            _ => (Replication.Stopped, $"its replication from {source} is stopped: {(error.Length > 0 ? error : "STOP SLAVE SQL_THREAD, START SLAVE lets it go on")}"),
        };
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

    private async Task CloseAsync()
    {
        if (_connection is not { } connection)
            return;
        _connection = null;
        try
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (MySqlException)
        {
            // It is gone already.
        }
    }
}
