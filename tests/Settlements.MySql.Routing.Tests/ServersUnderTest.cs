using System.Globalization;
using MySqlConnector;
using Settlements.Routing;
using Settlements.TestServers;
using Xunit.Sdk;

[assembly: Xunit.v3.Parallelization(Mode = ParallelMode.None)] // each test uses three servers, and delays, freezes and kills them

namespace Settlements.MySql.Routing.Tests;

/// <summary>A primary and two replicas with a database and an ordinary user, connected through links that can be cut.</summary>
public sealed class ServersUnderTest : IAsyncLifetime
{
    public const string Database = "shop";

    /// <summary>Frequent probes, with timeouts so long that no test fails because a server answers late on a busy machine.</summary>
    public static readonly RoutingOptions FastProbes = ProbeOptions();

    /// <summary>For tests of a server that stops responding, which is detected after three of these timeouts.</summary>
    public static readonly RoutingOptions QuickTimeouts = ProbeOptions(probeTimeout: TimeSpan.FromSeconds(1));

    public ReplicaSet Set { get; private set; } = null!;

    public ReplicaSetUser User { get; private set; } = null!;

    /// <summary>The links between the router and each server, in the servers' order.</summary>
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

    /// <summary>Returns the options of a router over all servers, each through its link.</summary>
    public MySqlMultiHostOptions Options(RoutingOptions? routing = null) => new()
    {
        ConnectionString = $"User ID={User.Name};Password={User.Password};Database={Database};SslMode=None",
        Servers = [.. Links.Select(link => new ServerAddress("127.0.0.1", link.Port))],
        Routing = routing ?? FastProbes,
    };

    /// <summary>The options of <see cref="FastProbes"/>, with other values where they are given.</summary>
    public static RoutingOptions ProbeOptions(
        TimeSpan? probePeriod = null, TimeSpan? probeTimeout = null, TimeSpan? replicaLagMax = null, TimeSpan? tokenWaitMax = null) => new()
        {
            ProbePeriod = probePeriod ?? TimeSpan.FromMilliseconds(200),
            ProbeTimeout = probeTimeout ?? TimeSpan.FromSeconds(30),
            ReplicaLagMax = replicaLagMax ?? TimeSpan.FromMinutes(5),
            TokenWaitMax = tokenWaitMax ?? TimeSpan.FromSeconds(30),
        };

    public async Task<MySqlMultiHostDataSource> StartAsync(RoutingOptions? routing = null)
    {
        var router = new MySqlMultiHostDataSource(Options(routing));
        await router.StartAsync();
        return router;
    }

    /// <summary>Returns the id of the server that a connection reached: 1 is the first server, initially the primary.</summary>
    public static async Task<int> ServerOfAsync(MySqlConnection connection) =>
        Convert.ToInt32(await ScalarAsync(connection, "SELECT @@server_id"), CultureInfo.InvariantCulture);

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

    /// <summary>Waits until the router's status satisfies a condition, for a limited time.</summary>
    public static async Task UntilAsync(
        MySqlMultiHostDataSource router, Func<IReadOnlyList<ServerStatus>, bool> condition, int withinS = 180)
    {
        var deadline = TimeProvider.System.GetTimestamp() + withinS * TimeProvider.System.TimestampFrequency;
        while (!condition(router.Servers))
        {
            if (TimeProvider.System.GetTimestamp() > deadline)
            {
                throw new TimeoutException($"The condition was not met within {withinS} s: "
                    + string.Join("; ", router.Servers.Select(s => $"{s.Name} {s.Role} {s.State} {s.Lag} {s.Detail}")));
            }

            await Task.Delay(10);
        }
    }
}
