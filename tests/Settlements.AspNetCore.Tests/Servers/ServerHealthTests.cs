using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Settlements.Routing;

namespace Settlements.AspNetCore.Tests.Servers;

public sealed class ServerHealthTests
{
    private const string Database = "database";

    [Theory]
    [InlineData(ServerRole.Primary, ServerState.Up, HealthStatus.Healthy)]
    [InlineData(ServerRole.Primary, ServerState.Suspect, HealthStatus.Degraded)]
    [InlineData(ServerRole.Primary, ServerState.Down, HealthStatus.Unhealthy)]
    [InlineData(ServerRole.Primary, ServerState.Refused, HealthStatus.Unhealthy)]
    [InlineData(ServerRole.Primary, ServerState.Unknown, HealthStatus.Degraded)]
    [InlineData(ServerRole.Replica, ServerState.Up, HealthStatus.Healthy)]
    [InlineData(ServerRole.Replica, ServerState.Lagging, HealthStatus.Degraded)]
    [InlineData(ServerRole.Replica, ServerState.Suspect, HealthStatus.Degraded)]
    [InlineData(ServerRole.Replica, ServerState.Down, HealthStatus.Degraded)]
    [InlineData(ServerRole.Replica, ServerState.Refused, HealthStatus.Unhealthy)]
    [InlineData(ServerRole.Unknown, ServerState.Unknown, HealthStatus.Degraded)]
    [InlineData(ServerRole.Unknown, ServerState.Down, HealthStatus.Degraded)]
    [InlineData(ServerRole.Unknown, ServerState.Refused, HealthStatus.Unhealthy)]
    public async Task The_health_of_a_server_follows_its_role_and_state(ServerRole role, ServerState state, HealthStatus expected)
    {
        var report = await CheckAsync(Server("db1:3306", role, state));

        report.Entries["database:db1:3306"].Status.Should().Be(expected);
    }

    public static TheoryData<HealthStatus, string, ServerStatus[]> Databases => new()
    {
        { HealthStatus.Healthy, "The primary is a.", [Primary("a", ServerState.Up), Replica("b", ServerState.Down)] },
        { HealthStatus.Degraded, "The primary is a, but*", [Primary("a", ServerState.Suspect)] },
        { HealthStatus.Degraded, "The primary is a. b: Primary, Down. *", [Primary("a", ServerState.Up), Primary("b", ServerState.Down)] },
        { HealthStatus.Degraded, "The primary is a. b: Primary, Suspect. *",
            [Primary("a", ServerState.Up), Primary("b", ServerState.Suspect)] },
        {
            HealthStatus.Unhealthy, "There is no writable primary. a: Primary, Down. *",
            [Primary("a", ServerState.Down), Replica("b", ServerState.Up)]
        },
        {
            HealthStatus.Unhealthy, "There is no writable primary.",
            [Replica("a", ServerState.Up), Server("b", ServerRole.Unknown, ServerState.Unknown)]
        },
        { HealthStatus.Unhealthy, "Several primaries: a and b. *", [Primary("a", ServerState.Refused), Primary("b", ServerState.Refused)] },
        { HealthStatus.Unhealthy, "Several primaries: a and b. *", [Primary("a", ServerState.Up), Primary("b", ServerState.Refused)] },
        {
            HealthStatus.Degraded, "No server has been probed yet.*",
            [Server("a", ServerRole.Unknown, ServerState.Unknown), Server("b", ServerRole.Unknown, ServerState.Unknown)]
        },
    };

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task The_database_is_healthy_when_exactly_one_primary_takes_writes(
        HealthStatus expected, string description, ServerStatus[] servers)
    {
        var database = (await CheckAsync(servers)).Entries[Database];

        database.Status.Should().Be(expected);
        database.Description.Should().Match(description);
        database.Data.ContainsKey("primary").Should().Be(expected != HealthStatus.Unhealthy && servers[0].State != ServerState.Unknown);
    }

    [Fact]
    public async Task The_data_of_a_server_are_its_role_state_lag_and_connections()
    {
        var report = await CheckAsync(
            Server("db1:3306", ServerRole.Primary, ServerState.Up),
            new ServerStatus(
                "db2:3306", ServerRole.Replica, ServerState.Lagging, TimeSpan.FromSeconds(95.5), inFlight: 7, weight: 1, CausalToken.None,
                version: null, "its SQL thread is stopped"));

        var replica = report.Entries["database:db2:3306"];
        replica.Data["remedy"].Should().BeOfType<string>().Which.Should().Contain("SHOW REPLICA STATUS");
        replica.Data.Where(d => d.Key != "remedy").Should().BeEquivalentTo(new Dictionary<string, object>
        {
            ["cause"] = "its SQL thread is stopped",
            ["role"] = "Replica",
            ["state"] = "Lagging",
            ["lag_seconds"] = 95.5,
            ["in_flight"] = 7,
        });
        replica.Description.Should().StartWith(
            "db2:3306: Replica, Lagging, lag at most 1 min 35 s (its SQL thread is stopped). Check its replication");
        report.Entries["database:db1:3306"].Data.Should().NotContainKey("lag_seconds");
    }

    [Fact]
    public async Task Checks_report_the_current_state_of_a_server()
    {
        using var database = new FakeDatabase();
        await using var services = Services(database);
        var health = services.GetRequiredService<HealthCheckService>();
        (await health.CheckHealthAsync()).Status.Should().Be(HealthStatus.Healthy);

        database.Current = [Primary(database.Servers[0].Name, ServerState.Down), database.Servers[1]];

        var report = await health.CheckHealthAsync();
        report.Status.Should().Be(HealthStatus.Unhealthy, "the primary is down");
        report.Entries["database:db1:3306"].Status.Should().Be(HealthStatus.Unhealthy);
    }

    [Fact]
    public async Task After_a_failover_the_database_is_degraded_and_the_former_primary_has_a_remedy()
    {
        var report = await CheckAsync(
            Primary("db1:3306", ServerState.Down, "Connection refused"), Primary("db2:3306", ServerState.Up));

        report.Status.Should().Be(HealthStatus.Degraded);
        report.Entries["database:db2:3306"].Status.Should().Be(HealthStatus.Healthy);
        report.Entries[Database].Data["primary"].Should().Be("db2:3306");
        foreach (var text in new[] { report.Entries[Database].Description!, report.Entries["database:db1:3306"].Description! })
        {
            text.Should().Contain("db1:3306: Primary, Down (Connection refused).").And.Contain("db2:3306 is the new primary");
            text.Should().Contain("read_only = 1").And.Contain("make it a replica of db2:3306").And.Contain("every write is refused");
        }
    }

    [Fact]
    public async Task A_former_primary_that_returns_writable_is_unhealthy_with_a_remedy_for_each_server()
    {
        var report = await CheckAsync(
            Primary("db1:3306", ServerState.Refused, "db1 and db2 are both primaries"),
            Primary("db2:3306", ServerState.Refused));

        report.Status.Should().Be(HealthStatus.Unhealthy);
        report.Entries[Database].Data.Keys.Should().BeEquivalentTo("remedy:db1:3306", "remedy:db2:3306");
        report.Entries["database:db1:3306"].Data["cause"].Should().Be("db1 and db2 are both primaries");
        report.Entries["database:db1:3306"].Data["remedy"].Should().BeOfType<string>().Which
            .Should().Contain("db1:3306 and db2:3306").And.Contain("SET GLOBAL read_only = 1").And.Contain("replica");
    }

    [Theory]
    [InlineData(ServerRole.Primary)]
    [InlineData(ServerRole.Replica)]
    [InlineData(ServerRole.Unknown)]
    public async Task A_server_has_a_remedy_unless_it_is_up(ServerRole role)
    {
        foreach (var state in Enum.GetValues<ServerState>())
        {
            var report = await CheckAsync(Server("db1:3306", role, state), Replica("db2:3306", ServerState.Up));
            var entry = report.Entries["database:db1:3306"];
            entry.Data.ContainsKey("remedy").Should().Be(state != ServerState.Up, $"it is {state}");
        }
    }

    [Fact]
    public async Task Checks_of_several_databases_have_the_configured_names_and_tags()
    {
        using var orders = new FakeDatabase();
        using var database = new FakeDatabase();
        var collection = new ServiceCollection().AddLogging().AddSingleton<MultiHostDataSource>(database);
        collection.AddKeyedSingleton<MultiHostDataSource>("orders", orders);
        collection.AddHealthChecks().AddDatabaseServers(tags: ["ready"]).AddDatabaseServers("orders", ["slow"], serviceKey: "orders");
        await using var services = collection.BuildServiceProvider();

        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains("ready"));
        var all = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        report.Entries.Keys.Should().BeEquivalentTo("database", "database:db1:3306", "database:db2:3306");
        all.Entries.Keys.Except(report.Entries.Keys).Should().BeEquivalentTo("orders", "orders:db1:3306", "orders:db2:3306");
    }

    private static ServerStatus Primary(string name, ServerState state, string detail = "") =>
        Server(name, ServerRole.Primary, state, detail);

    private static ServerStatus Replica(string name, ServerState state) => Server(name, ServerRole.Replica, state);

    private static ServerStatus Server(string name, ServerRole role, ServerState state, string detail = "") =>
        new(name, role, state, lag: null, inFlight: 0, weight: 1, CausalToken.None, version: null, detail);

    private static async Task<HealthReport> CheckAsync(params ServerStatus[] servers)
    {
        using var database = new FakeDatabase { Current = servers };
        await using var services = Services(database);
        return await services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
    }

    private static ServiceProvider Services(FakeDatabase database)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<MultiHostDataSource>(database);
        services.AddHealthChecks().AddDatabaseServers();
        return services.BuildServiceProvider();
    }
}
