using System.Diagnostics;
using System.Globalization;
using MySqlConnector;

namespace Settlements.TestServers;

/// <summary>
/// A server of a <see cref="ReplicaSet"/>. It replicates through a link, so the port in its replication status (<c>Master_Port</c>) is that
/// of the link, as with a virtual address; <c>Master_Server_Id</c> is that of the source.
/// </summary>
public sealed class ReplicatedServer : IAsyncDisposable
{
    public const string ReplicationUser = "replicator";
    public const string ReplicationPassword = "replicates";

    /// <summary>The time limit of every wait for a server.</summary>
    public static readonly TimeSpan WaitsAtMost = TimeSpan.FromMinutes(3);

    private const double WaitStepSeconds = 0.2;

    private readonly MySqlServer _server;
    private bool _isReadOnly;

    private ReplicatedServer(int id, MySqlServer server, bool isReadOnly)
    {
        (Id, _server, _isReadOnly) = (id, server, isReadOnly);
        Link = TcpLink.Start(server.Port);
    }

    /// <summary>Its <c>server_id</c>, from 1.</summary>
    public int Id { get; }

    public int Port => _server.Port;

    public int ProcessId => _server.ProcessId;

    public bool IsRunning => _server.IsRunning;

    /// <summary>The connection string of the administrator, who is exempt from <c>read_only</c>, without a database.</summary>
    public string ConnectionString => _server.ConnectionString;

    /// <summary>
    /// The link between this server, as a replica, and its source. <c>TcpLink.Start(server.Port)</c> creates one for clients.
    /// </summary>
    public TcpLink Link { get; }

    public Task ExecuteAsync(string sql) => _server.ExecuteAsync(sql);

    /// <summary>Executes SQL and returns the first value of the first row as text; null if there is none.</summary>
    public async Task<string?> ReadAsync(string sql)
    {
        await using var connection = new MySqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is { } value and not DBNull
            ? Convert.ToString(value, CultureInfo.InvariantCulture)
            : null;
    }

    /// <summary>Reads the replication status; null if the server has no source.</summary>
    public Task<ReplicationStatus?> StatusAsync() => ReplicationStatus.ReadAsync(ConnectionString);

    /// <summary>Stops applying while fetching continues: the replica looks connected and falls behind.</summary>
    public Task StopSqlThreadAsync() => ExecuteAsync("STOP SLAVE SQL_THREAD");

    public Task StartSqlThreadAsync() => ExecuteAsync("START SLAVE SQL_THREAD");

    public Task StopReplicationAsync() => ExecuteAsync("STOP SLAVE");

    public Task StartReplicationAsync() => ExecuteAsync("START SLAVE");

    /// <summary>Sets a delay with which the replica applies changes.</summary>
    /// <param name="delay">The delay in whole seconds; 0 for none.</param>
    public async Task DelayAsync(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNotEqual(delay.Ticks % TimeSpan.TicksPerSecond, 0, nameof(delay));
        await StopReplicationAsync();
        await ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"CHANGE MASTER TO MASTER_DELAY = {(int)delay.TotalSeconds}"));
        await StartReplicationAsync();
    }

    /// <summary>Sets <c>read_only</c> persistently: it also applies after a restart.</summary>
    public async Task SetReadOnlyAsync(bool isReadOnly)
    {
        await ExecuteAsync($"SET GLOBAL read_only = {(isReadOnly ? 1 : 0)}");
        _isReadOnly = isReadOnly;
    }

    /// <summary>Kills the process, as in a crash.</summary>
    public void Kill() => _server.Kill();

    /// <summary>Shuts down the server.</summary>
    public void Stop() => _server.Stop();

    /// <summary>
    /// Restarts the server, after a shutdown if it is running, with the same port and files; a replica resumes replication.
    /// </summary>
    public async Task RestartAsync()
    {
        Stop();
        await _server.RunAsync(ReadOnlyOption(_isReadOnly));
        if (await StatusAsync() is not null)
            await WaitForStatusAsync("apply again after a restart", status => status.SqlRunning == "Yes", isAnySqlStateFine: true);
    }

    /// <summary>Waits until the server has applied a GTID position.</summary>
    /// <exception cref="TimeoutException">It did not within <see cref="WaitsAtMost"/>.</exception>
    /// <exception cref="InvalidOperationException">Its replication is stopped, or failed.</exception>
    public async Task WaitForAsync(string gtidPosition)
    {
        var waited = Stopwatch.StartNew();
        // In short waits, because a replication error does not end the server's wait.
        while (await ReadAsync(string.Create(
            CultureInfo.InvariantCulture, $"SELECT MASTER_GTID_WAIT('{gtidPosition}', {WaitStepSeconds})")) != "0")
        {
            var status = await StatusAsync();
            if (status is null or { HasFailed: true })
                throw new InvalidOperationException(await DescribeAsync($"can't reach GTID position '{gtidPosition}'", status));
            if (waited.Elapsed > WaitsAtMost)
                throw new TimeoutException(
                    await DescribeAsync($"did not reach GTID position '{gtidPosition}' within {WaitsAtMost.TotalSeconds} s", status));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Link.DisposeAsync();
        await _server.DisposeAsync();
    }

    internal static async Task<ReplicatedServer> StartAsync(int id, bool isReadOnly, string[] options) => new(
        id, await MySqlServer.StartAsync([.. ReplicaSetOptions.For(id), .. options, ReadOnlyOption(isReadOnly)]), isReadOnly);

    /// <summary>
    /// Replicates from a server, from the current position. A stopped server does so after its start, because its link leads there.
    /// </summary>
    internal async Task FollowAsync(ReplicatedServer source)
    {
        Link.TargetPort = source.Port;
        if (!IsRunning)
            return;
        await StopReplicationAsync();
        // Transactions written by this server are only in its binary log; a replica requests by applied transactions.
        if (await StatusAsync() is null)
            await ExecuteAsync("SET GLOBAL gtid_slave_pos = @@GLOBAL.gtid_binlog_pos");
        await ExecuteAsync(
            $"""
            CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = {Link.Port}, MASTER_USER = '{ReplicationUser}',
                MASTER_PASSWORD = '{ReplicationPassword}',
                MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1, MASTER_HEARTBEAT_PERIOD = 0.5
            """);
        await StartReplicationAsync();
        if (Link.IsOpen)
            await WaitForStatusAsync($"follow server {source.Id}", status => status.IsRunning);
    }

    /// <summary>Applies what it has fetched, stops replication, and becomes writable.</summary>
    internal async Task LeadAsync()
    {
        await ExecuteAsync("STOP SLAVE IO_THREAD");
        await StartSqlThreadAsync();
        if (await StatusAsync() is { Fetched: not "" } status)
            await WaitForAsync(status.Fetched);
        await StopReplicationAsync();
        await ExecuteAsync("RESET SLAVE ALL");
        await SetReadOnlyAsync(false);
    }

    private static string ReadOnlyOption(bool isReadOnly) => $"--read-only={(isReadOnly ? 1 : 0)}";

    private async Task WaitForStatusAsync(string aim, Func<ReplicationStatus, bool> isReached, bool isAnySqlStateFine = false)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var status = await StatusAsync();
            if (status is not null && isReached(status))
                return;
            if (status is null || (status.HasFailed && !isAnySqlStateFine))
                throw new InvalidOperationException(await DescribeAsync($"does not {aim}", status));
            if (waited.Elapsed > WaitsAtMost)
                throw new TimeoutException(await DescribeAsync($"did not {aim} within {WaitsAtMost.TotalSeconds} s", status));
            await Task.Delay(10);
        }
    }

    private async Task<string> DescribeAsync(string what, ReplicationStatus? status) =>
        $"Server {Id} on port {Port} {what}. Its GTID position is '{await ReadAsync("SELECT @@gtid_slave_pos")}'. "
        + $"Replication: {status?.ToString() ?? "none"}";
}
