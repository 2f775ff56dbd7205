namespace Settlements.TestServers;

/// <summary>
/// A primary and replicas of real MariaDB with GTID replication, each a server of its own on loopback, with the means to let them fall behind,
/// lose each other, die and change roles. What changes roles is for one caller at a time.
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

    /// <summary>The one that leads; the others may not know it yet.</summary>
    public ReplicatedServer Primary { get; private set; }

    /// <summary>Those that follow the primary, or will, when they are started again.</summary>
    public IReadOnlyList<ReplicatedServer> Replicas => _replicas;

    /// <summary>All, in the order of their start, whatever their roles are now.</summary>
    public IReadOnlyList<ReplicatedServer> Servers { get; }

    /// <summary>Starts the servers, all at once, and lets the replicas follow.</summary>
    /// <param name="replicas">How many replicas, at least 0.</param>
    /// <param name="options">Further options of each server.</param>
    public static async Task<ReplicaSet> StartAsync(int replicas = 2, params string[] options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(replicas);
        if (MySqlServer.FindBinary() is not { } binary || !binary.EndsWith("mariadbd", StringComparison.Ordinal))
            throw new InvalidOperationException("A replica set needs mariadbd on PATH: MySQL replicates otherwise. On Debian: apt-get install mariadb-server");

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

    /// <summary>Makes an empty database, and waits until all have it.</summary>
    public async Task CreateDatabaseAsync(string name)
    {
        await Primary.ExecuteAsync($"CREATE DATABASE `{name}`");
        await WaitForAllAsync();
    }

    /// <summary>
    /// Makes an ordinary user on all servers, with rights on every database. He has neither SUPER nor READ ONLY ADMIN (which ALL PRIVILEGES
    /// would hold): <c>read_only</c> binds him.
    /// </summary>
    /// <param name="name">The user's name.</param>
    /// <param name="seesReplication">Whether he has SLAVE MONITOR, and so may ask for the replicas' status.</param>
    public async Task<ReplicaSetUser> CreateUserAsync(string name = "app", bool seesReplication = true)
    {
        var user = new ReplicaSetUser(name, $"{name}-password");
        await Primary.ExecuteAsync(
            $"""
            CREATE USER '{user.Name}'@'%' IDENTIFIED BY '{user.Password}';
            GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, LOCK TABLES, CREATE TEMPORARY TABLES, CREATE VIEW, SHOW VIEW,
                EXECUTE, CREATE ROUTINE, ALTER ROUTINE, TRIGGER, EVENT{(seesReplication ? ", SLAVE MONITOR" : "")} ON *.* TO '{user.Name}'@'%';
            """);
        await WaitForAllAsync();
        return user;
    }

    /// <summary>Waits until each replica that runs has applied what the primary has committed when this is called.</summary>
    /// <exception cref="TimeoutException">One has not in <see cref="ReplicatedServer.WaitsAtMost"/>; the message says what it says.</exception>
    /// <exception cref="InvalidOperationException">The replication of one is stopped, or has stopped over an error; likewise.</exception>
    public async Task WaitForAllAsync()
    {
        var position = await PositionAsync(Primary);
        await Task.WhenAll(Replicas.Where(r => r.IsRunning).Select(r => r.WaitForAsync(position)));
    }

    /// <summary>
    /// Failover: a replica applies what it has fetched, takes writes, and the other replicas follow it. The old primary is not asked, and not
    /// told: dead, it may have taken commits with it that no replica has; alive, it is a second primary.
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
    /// Switchover, in order: the old primary takes no more writes of ordinary users, the replica gets all there is and leads, and the others,
    /// the old primary too, follow it. No commit that was acknowledged to an ordinary user is lost.
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
    /// Makes a server that runs and follows nobody, such as an old primary after its restart, a read-only replica of the primary.
    /// </summary>
    /// <exception cref="InvalidOperationException">It has commits that the primary has not, and the replication says so.</exception>
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
        // The first event of the binary log, so that each server that leads later knows the user.
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
    /// <summary>As this user, straight to a server or to a link before it.</summary>
    public string ConnectionString(int port, string? database = null) =>
        $"Server=127.0.0.1;Port={port};User ID={Name};Password={Password};SslMode=None{(database is null ? "" : $";Database={database}")}";
}
