using System.Diagnostics;
using System.Globalization;
using MySqlConnector;

namespace Settlements.TestServers;

/// <summary>
/// One server of a <see cref="ReplicaSet"/>. It replicates through a link of its own, so the port that it names as its source's
/// (<c>Master_Port</c>) is the link's, as with a virtual address; the source's <c>Master_Server_Id</c> is true.
/// </summary>
public sealed class ReplicatedServer : IAsyncDisposable
{
    public const string ReplicationUser = "replicator";
    public const string ReplicationPassword = "replicates";

    /// <summary>The limit of every wait for a server.</summary>
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

    /// <summary>As the administrator, whom <c>read_only</c> does not bind, without a database.</summary>
    public string ConnectionString => _server.ConnectionString;

    /// <summary>The network between this server, as a replica, and its source. A link for clients is <c>TcpLink.Start(server.Port)</c>.</summary>
    public TcpLink Link { get; }

    public Task ExecuteAsync(string sql) => _server.ExecuteAsync(sql);

    /// <summary>The first value of the first row as text, or null.</summary>
    public async Task<string?> ReadAsync(string sql)
    {
        await using var connection = new MySqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is { } value and not DBNull ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>The status of its replication, or null where it follows nobody.</summary>
    public Task<ReplicationStatus?> StatusAsync() => ReplicationStatus.ReadAsync(ConnectionString);

    /// <summary>Goes on fetching, and applies nothing more: a replica that looks well connected and falls behind.</summary>
    public Task StopSqlThreadAsync() => ExecuteAsync("STOP SLAVE SQL_THREAD");

    public Task StartSqlThreadAsync() => ExecuteAsync("START SLAVE SQL_THREAD");

    public Task StopReplicationAsync() => ExecuteAsync("STOP SLAVE");

    public Task StartReplicationAsync() => ExecuteAsync("START SLAVE");

    /// <summary>Applies everything so much later than the source did.</summary>
    /// <param name="delay">In whole seconds; 0 ends it.</param>
    public async Task DelayAsync(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNotEqual(delay.Ticks % TimeSpan.TicksPerSecond, 0, nameof(delay));
        await StopReplicationAsync();
        await ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"CHANGE MASTER TO MASTER_DELAY = {(int)delay.TotalSeconds}"));
        await StartReplicationAsync();
    }

    /// <summary>Sets <c>read_only</c>, which a restart keeps, as if it were written to the server's option file too.</summary>
    public async Task SetReadOnlyAsync(bool isReadOnly)
    {
        await ExecuteAsync($"SET GLOBAL read_only = {(isReadOnly ? 1 : 0)}");
        _isReadOnly = isReadOnly;
    }

    /// <summary>Ends the process at once, as a crash would.</summary>
    public void Kill() => _server.Kill();

    /// <summary>Ends it in order.</summary>
    public void Stop() => _server.Stop();

    /// <summary>Starts it, after an orderly end where it runs, on the same port and files; a replica goes on following.</summary>
    public async Task RestartAsync()
    {
        Stop();
        await _server.RunAsync(ReadOnlyOption(_isReadOnly));
        if (await StatusAsync() is not null)
            await WaitForStatusAsync("apply again after a restart", status => status.SqlRunning == "Yes", isAnySqlStateFine: true);
    }

    /// <summary>Waits until it has applied all up to a GTID position.</summary>
    /// <exception cref="TimeoutException">It has not in <see cref="WaitsAtMost"/>.</exception>
    /// <exception cref="InvalidOperationException">Its replication is stopped, or has stopped over an error.</exception>
    public async Task WaitForAsync(string gtidPosition)
    {
        var waited = Stopwatch.StartNew();
        // In steps, because a thread that stops over an error does not end the server's wait.
        while (await ReadAsync(string.Create(
            CultureInfo.InvariantCulture, $"SELECT MASTER_GTID_WAIT('{gtidPosition}', {WaitStepSeconds})")) != "0")
        {
            var status = await StatusAsync();
            if (status is null or { HasFailed: true })
                throw new InvalidOperationException(await SaidAsync($"can't reach GTID position '{gtidPosition}'", status));
            if (waited.Elapsed > WaitsAtMost)
                throw new TimeoutException(await SaidAsync($"did not reach GTID position '{gtidPosition}' within {WaitsAtMost.TotalSeconds} s", status));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Link.DisposeAsync();
        await _server.DisposeAsync();
    }

    internal static async Task<ReplicatedServer> StartAsync(int id, bool isReadOnly, string[] options) => new(
        id, await MySqlServer.StartAsync([.. ReplicaSetOptions.For(id), .. options, ReadOnlyOption(isReadOnly)]), isReadOnly);

    /// <summary>Follows a server from now on, from where it is. One that is down follows it from its start on, because its link leads there.</summary>
    internal async Task FollowAsync(ReplicatedServer source)
    {
        Link.TargetPort = source.Port;
        if (!IsRunning)
            return;
        await StopReplicationAsync();
        // What a server wrote itself is in its binary log alone; a replica asks by what it has applied.
        if (await StatusAsync() is null)
            await ExecuteAsync("SET GLOBAL gtid_slave_pos = @@GLOBAL.gtid_binlog_pos");
        await ExecuteAsync(
            $"""
            CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = {Link.Port}, MASTER_USER = '{ReplicationUser}', MASTER_PASSWORD = '{ReplicationPassword}',
                MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1, MASTER_HEARTBEAT_PERIOD = 0.5
            """);
        await StartReplicationAsync();
        if (Link.IsOpen)
            await WaitForStatusAsync($"follow server {source.Id}", status => status.IsRunning);
    }

    /// <summary>Applies what it has fetched, follows nobody any more, and takes writes.</summary>
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
                throw new InvalidOperationException(await SaidAsync($"does not {aim}", status));
            if (waited.Elapsed > WaitsAtMost)
                throw new TimeoutException(await SaidAsync($"did not {aim} within {WaitsAtMost.TotalSeconds} s", status));
            await Task.Delay(10);
        }
    }

    private async Task<string> SaidAsync(string what, ReplicationStatus? status) =>
        $"Server {Id} on port {Port} {what}. It is at '{await ReadAsync("SELECT @@gtid_slave_pos")}' and says: {status?.ToString() ?? "it follows nobody"}";
}
