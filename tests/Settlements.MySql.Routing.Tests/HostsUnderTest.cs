using System.Globalization;
using MySqlConnector;
using Settlements.Routing;
using Settlements.TestServers;
using Xunit.Sdk;

[assembly: Xunit.v3.Parallelization(Mode = ParallelMode.None)] // a test has three servers, and lets them be delayed, frozen and killed

namespace Settlements.MySql.Routing.Tests;

/// <summary>A primary and two replicas with a database and an ordinary user, reached through links that can be cut.</summary>
public sealed class HostsUnderTest : IAsyncLifetime
{
    public const string Database = "shop";

    /// <summary>Probes often. Its limits are far from what a host needs on a busy machine: no test fails because a host answers late.</summary>
    public static readonly RoutingOptions Quick = new()
    {
        ProbePeriod = TimeSpan.FromMilliseconds(200),
        ProbeTimeout = TimeSpan.FromSeconds(30),
        ReplicaLagMax = TimeSpan.FromMinutes(5),
        TokenWaitMax = TimeSpan.FromSeconds(30),
    };

    /// <summary>For tests of a host that falls silent, which is known after three of these.</summary>
    public static readonly RoutingOptions QuickToGiveUp = Quick with { ProbeTimeout = TimeSpan.FromSeconds(1) };

    public ReplicaSet Set { get; private set; } = null!;

    public ReplicaSetUser User { get; private set; } = null!;

    /// <summary>Between the router and each server, in the order of the servers: what is cut here cuts the router off.</summary>
    public IReadOnlyList<TcpLink> Links { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        Set = await ReplicaSet.StartAsync();
        Links = [.. Set.Servers.Select(server => TcpLink.Start(server.Port))];
        await Set.CreateDatabaseAsync(Database);
        User = await Set.CreateUserAsync();
        await Set.Primary.ExecuteAsync($"CREATE TABLE {Database}.notes (id BIGINT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(100) NOT NULL)");
        await Set.WaitForAllAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var link in Links)
            await link.DisposeAsync();
        if (Set is not null)
            await Set.DisposeAsync();
    }

    /// <summary>The options of a router over all hosts, each through its link.</summary>
    public MySqlMultiHostOptions Options(RoutingOptions? routing = null) => new()
    {
        ConnectionString = $"User ID={User.Name};Password={User.Password};Database={Database};SslMode=None",
        Hosts = [.. Links.Select(link => new ServerAddress("127.0.0.1", link.Port))],
        Routing = routing ?? Quick,
    };

    public async Task<MySqlMultiHostDataSource> StartAsync(RoutingOptions? routing = null)
    {
        var router = new MySqlMultiHostDataSource(Options(routing));
        await router.StartAsync();
        return router;
    }

    /// <summary>The server's number that a connection reached: 1 is the first, which is the primary at first.</summary>
    public static async Task<int> ServerOfAsync(MySqlConnection connection) => Convert.ToInt32(await ScalarAsync(connection, "SELECT @@server_id"), CultureInfo.InvariantCulture);

    public static async Task<object?> ScalarAsync(MySqlConnection connection, string sql)
    {
        await using var command = new MySqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    public static async Task ExecuteAsync(MySqlConnection connection, string sql)
    {
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Waits until the router sees something, bounded.</summary>
    public static async Task UntilAsync(MySqlMultiHostDataSource router, Func<IReadOnlyList<ServerStatus>, bool> seen, int withinS = 180)
    {
        var deadline = TimeProvider.System.GetTimestamp() + withinS * TimeProvider.System.TimestampFrequency;
        while (!seen(router.Servers))
        {
            if (TimeProvider.System.GetTimestamp() > deadline)
                throw new TimeoutException($"Not seen within {withinS} s: {string.Join("; ", router.Servers)}");
            await Task.Delay(10);
        }
    }
}
