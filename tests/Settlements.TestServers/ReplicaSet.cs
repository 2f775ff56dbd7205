namespace Settlements.TestServers;

/// <summary>
/// A primary and replicas of real MariaDB with GTID replication on loopback, with methods to delay, disconnect, kill and promote them.
/// Methods that change roles are not thread-safe.
/// </summary>
public sealed class ReplicaSet : IAsyncDisposable
{
    private volatile ReplicatedServer[] _replicas;

    private ReplicaSet(ReplicatedServer[] servers)
    {
        Servers = servers;
        Primary = servers[0];
        _replicas = servers[1..];
    }

    /// <summary>The current primary; the others may not follow it yet.</summary>
    public ReplicatedServer Primary { get; private set; }

    /// <summary>The servers that follow the primary, or will after a restart.</summary>
    public IReadOnlyList<ReplicatedServer> Replicas => _replicas;

    /// <summary>All servers, in the order of their start, whatever their roles.</summary>
    public IReadOnlyList<ReplicatedServer> Servers { get; }

    /// <summary>Starts the servers concurrently and the replication of the replicas.</summary>
    /// <param name="replicas">Number of replicas, at least 0.</param>
    /// <param name="options">Additional options of each server.</param>
    public static async Task<ReplicaSet> StartAsync(int replicas = 2, params string[] options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(replicas);
        if (MySqlServer.FindBinary() is not { } binary || !binary.EndsWith("mariadbd", StringComparison.Ordinal))
            throw new InvalidOperationException(
                "A replica set needs mariadbd on PATH: MySQL replicates otherwise. On Debian: apt-get install mariadb-server");

        var starts = Enumerable.Range(1, replicas + 1).Select(id => ReplicatedServer.StartAsync(id, isReadOnly: id > 1, options)).ToList();
        try
        {
            var set = new ReplicaSet(await Task.WhenAll(starts));
            await set.ConnectAsync();
            return set;
        }
        catch
        {
            foreach (var start in starts.Where(s => s.IsCompletedSuccessfully))
                await (await start).DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates an empty database and waits until all servers have it.</summary>
    public async Task CreateDatabaseAsync(string name)
    {
        await Primary.ExecuteAsync($"CREATE DATABASE `{name}`");
        await WaitForAllAsync();
    }

    /// <summary>
    /// Creates an ordinary user on all servers, with privileges on every database except SUPER and READ ONLY ADMIN (which ALL PRIVILEGES
    /// includes), so that <c>read_only</c> applies to it.
    /// </summary>
    /// <param name="name">The user's name.</param>
    /// <param name="seesReplication">Whether the user has SLAVE MONITOR and can read the replication status.</param>
    public async Task<ReplicaSetUser> CreateUserAsync(string name = "app", bool seesReplication = true)
    {
        var user = new ReplicaSetUser(name, $"{name}-password");
        await Primary.ExecuteAsync(
            $"""
            CREATE USER '{user.Name}'@'%' IDENTIFIED BY '{user.Password}';
            GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, LOCK TABLES, CREATE TEMPORARY TABLES, CREATE VIEW,
                SHOW VIEW,
                EXECUTE, CREATE ROUTINE, ALTER ROUTINE, TRIGGER,
                    EVENT{(seesReplication ? ", SLAVE MONITOR" : "")} ON *.* TO '{user.Name}'@'%';
            """);
        await WaitForAllAsync();
        return user;
    }

    /// <summary>Waits until each running replica has applied everything that the primary has committed at the time of the call.</summary>
    /// <exception cref="TimeoutException">
    /// A replica did not within <see cref="ReplicatedServer.WaitsAtMost"/>; the message has its status.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The replication of a replica is stopped, or failed; the message has its status.
    /// </exception>
    public async Task WaitForAllAsync()
    {
        var position = await PositionAsync(Primary);
        await Task.WhenAll(Replicas.Where(r => r.IsRunning).Select(r => r.WaitForAsync(position)));
    }

    /// <summary>
    /// Fails over: a replica applies what it has fetched and becomes writable, and the other replicas follow it. The old primary is not
    /// contacted: if it is dead, commits that no replica fetched are lost; if it is alive, it is a second primary.
    /// </summary>
    public async Task PromoteAsync(ReplicatedServer replica)
    {
        RequireReplica(replica);
        await replica.LeadAsync();
        Primary = replica;
        _replicas = [.. _replicas.Where(r => r != replica)];
        await Task.WhenAll(_replicas.Select(r => r.FollowAsync(replica)));
    }

    /// <summary>
    /// Switches over: the old primary refuses writes of ordinary users, the replica applies everything and becomes the primary, and the
    /// others, including the old primary, follow it. No commit that was acknowledged to an ordinary user is lost.
    /// </summary>
    public async Task SwitchoverAsync(ReplicatedServer to)
    {
        RequireReplica(to);
        var old = Primary;
        await old.SetReadOnlyAsync(true);
        await to.WaitForAsync(await PositionAsync(old));
        await PromoteAsync(to);
        await RejoinAsync(old);
    }

    /// <summary>
    /// Makes a running server without a source, such as a restarted old primary, a read-only replica of the primary.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// Replication fails because the server has commits that the primary doesn't have.
    /// </exception>
    public async Task RejoinAsync(ReplicatedServer server)
    {
        if (server == Primary || _replicas.Contains(server))
            throw new InvalidOperationException($"Server {server.Id} is in the set already.");
        await server.SetReadOnlyAsync(true);
        await server.FollowAsync(Primary);
        _replicas = [.. _replicas, server];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Servers)
            await server.DisposeAsync();
    }

    private static async Task<string> PositionAsync(ReplicatedServer server) => (await server.ReadAsync("SELECT @@gtid_binlog_pos"))!;

    private async Task ConnectAsync()
    {
        // The first event of the binary log, so that every later primary has the user.
        await Primary.ExecuteAsync(
            $"""
            CREATE USER '{ReplicatedServer.ReplicationUser}'@'%' IDENTIFIED BY '{ReplicatedServer.ReplicationPassword}';
            GRANT REPLICATION SLAVE ON *.* TO '{ReplicatedServer.ReplicationUser}'@'%';
            """);
        await Task.WhenAll(_replicas.Select(r => r.FollowAsync(Primary)));
        await WaitForAllAsync();
    }

    private void RequireReplica(ReplicatedServer server)
    {
        if (!_replicas.Contains(server))
            throw new InvalidOperationException($"Server {server.Id} is no replica of the primary, server {Primary.Id}.");
    }
}

/// <summary>A user of all servers of a replica set.</summary>
public sealed record ReplicaSetUser(string Name, string Password)
{
    /// <summary>Returns this user's connection string to a server or to a link in front of it.</summary>
    public string ConnectionString(int port, string? database = null) =>
        $"Server=127.0.0.1;Port={port};User ID={Name};Password={Password};SslMode=None{(database is null ? "" : $";Database={database}")}";
}
