using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Settlements.Routing;

namespace Settlements.AspNetCore.Tests.Hosts;

public sealed class HostHealthTests
{
    private const string Whole = "database";

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
    public async Task A_host_is_as_healthy_as_its_role_and_state_say(ServerRole role, ServerState state, HealthStatus expected)
    {
        var report = await CheckAsync(Host("db1:3306", role, state));

        report.Entries["database:db1:3306"].Status.Should().Be(expected);
    }

    public static TheoryData<HealthStatus, string, ServerStatus[]> Wholes => new()
    {
        { HealthStatus.Healthy, "a takes the writes.", [Host("a", ServerRole.Primary, ServerState.Up), Host("b", ServerRole.Replica, ServerState.Down)] },
        { HealthStatus.Degraded, "a is the primary, but*", [Host("a", ServerRole.Primary, ServerState.Suspect)] },
        { HealthStatus.Degraded, "a takes the writes. b is Down as Primary*", [Host("a", ServerRole.Primary, ServerState.Up), Host("b", ServerRole.Primary, ServerState.Down)] },
        { HealthStatus.Degraded, "a takes the writes. b is Suspect as Primary*", [Host("a", ServerRole.Primary, ServerState.Up), Host("b", ServerRole.Primary, ServerState.Suspect)] },
        { HealthStatus.Unhealthy, "No host takes writes. a is Down as Primary*", [Host("a", ServerRole.Primary, ServerState.Down), Host("b", ServerRole.Replica, ServerState.Up)] },
        { HealthStatus.Unhealthy, "No host takes writes.", [Host("a", ServerRole.Replica, ServerState.Up), Host("b", ServerRole.Unknown, ServerState.Unknown)] },
        { HealthStatus.Unhealthy, "a and b are all primaries*", [Host("a", ServerRole.Primary, ServerState.Refused), Host("b", ServerRole.Primary, ServerState.Refused)] },
        { HealthStatus.Unhealthy, "a and b are all primaries*", [Host("a", ServerRole.Primary, ServerState.Up), Host("b", ServerRole.Primary, ServerState.Refused)] },
        { HealthStatus.Degraded, "No host was looked at yet*", [Host("a", ServerRole.Unknown, ServerState.Unknown), Host("b", ServerRole.Unknown, ServerState.Unknown)] },
    };

    [Theory]
    [MemberData(nameof(Wholes))]
    public async Task The_whole_is_healthy_when_exactly_one_primary_takes_writes(HealthStatus expected, string sentence, ServerStatus[] hosts)
    {
        var whole = (await CheckAsync(hosts)).Entries[Whole];

        whole.Status.Should().Be(expected);
        whole.Description.Should().Match(sentence);
        whole.Data.ContainsKey("primary").Should().Be(expected != HealthStatus.Unhealthy && hosts[0].State != ServerState.Unknown);
    }

    [Fact]
    public async Task A_host_tells_its_role_state_lag_and_connections()
    {
        var report = await CheckAsync(
            Host("db1:3306", ServerRole.Primary, ServerState.Up),
            Host("db2:3306", ServerRole.Replica, ServerState.Lagging) with { Lag = TimeSpan.FromSeconds(95.5), InFlight = 7, Detail = "its SQL thread is stopped" });

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
        replica.Description.Should().StartWith("db2:3306 is Lagging as Replica, at most 1 min 35 s behind (its SQL thread is stopped). Check its replication");
        report.Entries["database:db1:3306"].Data.Should().NotContainKey("lag_seconds");
    }

    [Fact]
    public async Task Checks_see_what_became_of_a_host_since()
    {
        using var database = new FakeDatabase();
        await using var services = Services(database);
        var health = services.GetRequiredService<HealthCheckService>();
        (await health.CheckHealthAsync()).Status.Should().Be(HealthStatus.Healthy);

        database.HostsNow = [database.HostsNow[0] with { State = ServerState.Down }, database.HostsNow[1]];

        var report = await health.CheckHealthAsync();
        report.Status.Should().Be(HealthStatus.Unhealthy, "the primary is down");
        report.Entries["database:db1:3306"].Status.Should().Be(HealthStatus.Unhealthy);
    }

    [Fact]
    public async Task After_a_failover_the_dead_primary_is_named_with_a_remedy_and_nothing_is_unhealthy()
    {
        var report = await CheckAsync(
            Host("db1:3306", ServerRole.Primary, ServerState.Down) with { Detail = "Connection refused" }, Host("db2:3306", ServerRole.Primary, ServerState.Up));

        report.Status.Should().Be(HealthStatus.Degraded);
        report.Entries["database:db2:3306"].Status.Should().Be(HealthStatus.Healthy);
        report.Entries[Whole].Data["primary"].Should().Be("db2:3306");
        foreach (var text in new[] { report.Entries[Whole].Description!, report.Entries["database:db1:3306"].Description! })
        {
            text.Should().Contain("db1:3306 is Down as Primary (Connection refused).").And.Contain("db2:3306 has taken over");
            text.Should().Contain("read_only = 1").And.Contain("make it a replica of db2:3306").And.Contain("every write is refused");
        }
    }

    [Fact]
    public async Task A_former_primary_that_returns_writable_is_unhealthy_with_a_remedy_for_each_server()
    {
        var report = await CheckAsync(
            Host("db1:3306", ServerRole.Primary, ServerState.Refused) with { Detail = "db1 and db2 are both primaries" }, Host("db2:3306", ServerRole.Primary, ServerState.Refused));

        report.Status.Should().Be(HealthStatus.Unhealthy);
        report.Entries[Whole].Data.Keys.Should().BeEquivalentTo("remedy:db1:3306", "remedy:db2:3306");
        report.Entries["database:db1:3306"].Data["cause"].Should().Be("db1 and db2 are both primaries");
        report.Entries["database:db1:3306"].Data["remedy"].Should().BeOfType<string>().Which
            .Should().Contain("db1:3306 and db2:3306").And.Contain("SET GLOBAL read_only = 1").And.Contain("replica");
    }

    [Theory]
    [InlineData(ServerRole.Primary)]
    [InlineData(ServerRole.Replica)]
    [InlineData(ServerRole.Unknown)]
    public async Task Each_host_that_is_not_up_has_a_remedy_and_none_that_is(ServerRole role)
    {
        foreach (var state in Enum.GetValues<ServerState>())
        {
            var entry = (await CheckAsync(Host("db1:3306", role, state), Host("db2:3306", ServerRole.Replica, ServerState.Up))).Entries["database:db1:3306"];
            entry.Data.ContainsKey("remedy").Should().Be(state != ServerState.Up, $"it is {state}");
        }
    }

    [Fact]
    public async Task Checks_have_the_name_and_the_tags_that_were_given_and_several_databases_fit_side_by_side()
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

    private static ServerStatus Host(string name, ServerRole role, ServerState state) =>
        new(name, role, state, Lag: null, InFlight: 0, Weight: 1, CausalToken.None, Version: null, Detail: "");

    private static async Task<HealthReport> CheckAsync(params ServerStatus[] hosts)
    {
        using var database = new FakeDatabase { HostsNow = hosts };
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
