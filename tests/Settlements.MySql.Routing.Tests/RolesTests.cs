using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql.Routing.Tests;

/// <summary>Roles are found on real servers, and followed. Each test has servers of its own, since it leaves them in other roles.</summary>
public sealed class RolesTests : IAsyncLifetime
{
    private readonly HostsUnderTest _hosts = new();

    public ValueTask InitializeAsync() => _hosts.InitializeAsync();

    public ValueTask DisposeAsync() => _hosts.DisposeAsync();

    [Fact]
    public async Task A_dead_primary_is_replaced_by_the_promoted_replica_without_a_restart()
    {
        await using var router = await _hosts.StartAsync();
        _hosts.Set.Primary.Kill();
        var failed = () => OpenAsync(router);
        await failed.Should().ThrowAsync<RoutingException>().WithMessage("*No host can be used to write*");
        router.Hosts[0].State.Should().Be(ServerState.Down, "the request saw it, and no other one is sent there");
        await using var health = Health(router);
        (await CheckAsync(health)).Status.Should().Be(HealthStatus.Unhealthy, "no server takes writes");

        await _hosts.Set.PromoteAsync(_hosts.Set.Servers[1]);
        await HostsUnderTest.UntilAsync(router, all => all[1].Role == ServerRole.Primary);

        (await OpenAsync(router)).Should().Be(2);
        var (old, promoted) = (router.Hosts[0].Name, router.Hosts[1].Name);
        var after = await CheckAsync(health);
        after.Status.Should().Be(HealthStatus.Degraded, "the failover is finished, and the dead server wants attention");
        after.Entries["database"].Description.Should().StartWith($"The primary is {promoted}. {old}: Primary, Down").And.Contain($"make it a replica of {promoted}");

        await _hosts.Set.Servers[0].RestartAsync();
        await HostsUnderTest.UntilAsync(router, all => all[0].State == ServerState.Refused);
        var two = () => OpenAsync(router);
        await two.Should().ThrowAsync<RoutingException>().WithMessage($"*{router.Hosts[0].Name} and {router.Hosts[1].Name} are both primaries*{router.Hosts[1].Name} took the writes until then*");
        var conflict = await CheckAsync(health);
        conflict.Status.Should().Be(HealthStatus.Unhealthy, "every write is refused");
        conflict.Entries[$"database:{old}"].Data["remedy"].Should().BeOfType<string>().Which.Should().Contain("SET GLOBAL read_only = 1");

        await _hosts.Set.RejoinAsync(_hosts.Set.Servers[0]);
        await HostsUnderTest.UntilAsync(router, all => all[0].Role == ServerRole.Replica && all[0].State == ServerState.Up);
        (await OpenAsync(router)).Should().Be(2);
        (await CheckAsync(health)).Entries["database"].Status.Should().Be(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_server_that_refuses_a_write_is_no_primary_from_then_on_and_its_connections_are_discarded()
    {
        // Nobody probes meanwhile: the refusal itself has to be heard.
        await using var router = await _hosts.StartAsync(HostsUnderTest.Quick with { ProbePeriod = TimeSpan.FromMinutes(1) });
        for (var i = 0; i < 3; i++)
            await OpenAsync(router);
        await using (var held = await router.OpenConnectionAsync(DatabaseAccess.Write))
        {
            var thread = held.ServerThread;
            await _hosts.Set.Primary.SetReadOnlyAsync(true);
            var write = () => HostsUnderTest.ExecuteAsync(held, "INSERT INTO notes (text) VALUES ('late')");
            (await write.Should().ThrowAsync<MySqlException>()).Which.Number.Should().Be(1290);

            await _hosts.Invoking(_ => OpenAsync(router)).Should().ThrowAsync<RoutingException>();
            await held.CloseAsync();
            await EndedAsync(thread);
        }

        await _hosts.Set.Primary.SetReadOnlyAsync(false);
        await HostsUnderTest.UntilAsync(router, all => all[0].Role == ServerRole.Primary);
    }

    [Fact]
    public async Task A_write_of_a_user_whom_the_server_would_not_refuse_is_not_sent_to_a_read_only_server()
    {
        var options = _hosts.Options(HostsUnderTest.Quick with { ProbePeriod = TimeSpan.FromMinutes(1) }) with
        {
            ConnectionString = $"User ID=root;Database={HostsUnderTest.Database};SslMode=None",
        };
        await using var router = new MySqlMultiHostDataSource(options);
        (await OpenAsync(router)).Should().Be(1);
        await _hosts.Set.Primary.SetReadOnlyAsync(true);

        await _hosts.Invoking(_ => OpenAsync(router)).Should().ThrowAsync<RoutingException>().WithMessage("*read-only*");

        await _hosts.Set.SwitchoverAsync(_hosts.Set.Servers[2]);
        await HostsUnderTest.UntilAsync(router, all => all[2].Role == ServerRole.Primary);
        (await OpenAsync(router)).Should().Be(3);
        router.Hosts.Sum(h => h.InFlight).Should().Be(0);
    }

    [Fact]
    public async Task A_primary_behind_a_frozen_network_gives_way_to_the_promoted_one()
    {
        await using var router = await _hosts.StartAsync(HostsUnderTest.QuickToGiveUp);
        _hosts.Links[0].Freeze();
        await _hosts.Set.PromoteAsync(_hosts.Set.Servers[1]);
        await HostsUnderTest.UntilAsync(router, all => all[1].Role == ServerRole.Primary && all[0].State is (ServerState.Suspect or ServerState.Down));

        (await OpenAsync(router)).Should().Be(2);
    }

    [Fact]
    public async Task What_was_lost_with_the_old_primary_is_never_read_after_a_token_of_the_new_one()
    {
        await using var router = await _hosts.StartAsync();
        var (old, promoted, other) = (_hosts.Set.Servers[0], _hosts.Set.Servers[1], _hosts.Set.Servers[2]);

        // Lost: in the old primary's log, and on a replica that nobody promotes.
        await promoted.StopReplicationAsync();
        for (var i = 0; i < 5; i++)
            await old.ExecuteAsync("INSERT INTO shop.notes (id, text) VALUES (900 + (SELECT count(*) FROM (SELECT 1 FROM shop.notes) n), 'lost')");
        await other.WaitForAsync((await old.ReadAsync("SELECT @@gtid_binlog_pos"))!);
        old.Kill();
        await promoted.ExecuteAsync("STOP SLAVE; RESET SLAVE ALL; SET GLOBAL read_only = 0");
        await HostsUnderTest.UntilAsync(router, all => all[1].Role == ServerRole.Primary);
        await old.RestartAsync();
        await old.SetReadOnlyAsync(true);
        await HostsUnderTest.UntilAsync(router, all => all[1] is { Role: ServerRole.Primary, State: ServerState.Up } && all[0].Role == ServerRole.Replica);

        CausalToken token;
        await using (var writing = await router.OpenConnectionAsync(DatabaseAccess.Write))
        {
            await HostsUnderTest.ExecuteAsync(writing, "INSERT INTO notes (id, text) VALUES (900, 'kept')");
            token = await router.ReadTokenAsync(writing);
        }

        await HostsUnderTest.UntilAsync(router, all => all[0] is { State: ServerState.Lagging } && all[2] is { State: ServerState.Lagging });
        token.IsCoveredBy(router.Hosts[0].Position).Should().BeTrue("by its numbers alone, the old primary has it");
        for (var i = 0; i < 20; i++)
        {
            await using var reading = await router.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.After(token));
            (await HostsUnderTest.ScalarAsync(reading, "SELECT text FROM notes WHERE id = 900")).Should().Be("kept");
        }
    }

    [Fact]
    public async Task A_replica_that_is_stopped_and_writable_takes_no_write_when_the_primary_is_away()
    {
        await _hosts.Set.Servers[1].ExecuteAsync("STOP SLAVE; SET GLOBAL read_only = 0");
        await using var router = await _hosts.StartAsync();
        _hosts.Links[0].Cut();

        await _hosts.Invoking(_ => OpenAsync(router)).Should().ThrowAsync<RoutingException>().WithMessage("*No host is a primary*");
    }

    [Fact]
    public async Task A_transaction_of_a_user_that_is_read_only_by_his_wish_says_nothing_of_the_server()
    {
        await using var router = await _hosts.StartAsync(HostsUnderTest.Quick with { ProbePeriod = TimeSpan.FromMinutes(1) });
        await using var held = await router.OpenConnectionAsync(DatabaseAccess.Write);
        await HostsUnderTest.ExecuteAsync(held, "START TRANSACTION READ ONLY");

        var write = () => HostsUnderTest.ExecuteAsync(held, "INSERT INTO notes (text) VALUES ('stray')");

        (await write.Should().ThrowAsync<MySqlException>()).Which.Number.Should().Be(1792);
        (await OpenAsync(router)).Should().Be(1);
    }

    [Fact]
    public async Task A_host_with_no_place_for_one_more_connection_is_not_taken_out()
    {
        await using var router = await _hosts.StartAsync();
        await _hosts.Set.Primary.ExecuteAsync("GRANT USAGE ON *.* TO app WITH MAX_USER_CONNECTIONS 1"); // beside those that are there
        await using var held = await router.OpenConnectionAsync(DatabaseAccess.Write);

        (await _hosts.Invoking(_ => OpenAsync(router)).Should().ThrowAsync<MySqlException>()).Which.Number.Should().BeOneOf(1203, 1226);

        router.Hosts[0].Should().Match<ServerStatus>(h => h.State == ServerState.Up && h.Role == ServerRole.Primary && h.InFlight == 1);
        await held.DisposeAsync();
        (await OpenAsync(router)).Should().Be(1);
    }

    [Fact]
    public async Task Openings_at_a_host_that_falls_silent_go_elsewhere_when_that_is_known()
    {
        // A connection attempt alone would wait for half an hour.
        var options = _hosts.Options(HostsUnderTest.QuickToGiveUp);
        await using var router = new MySqlMultiHostDataSource(options with { ConnectionString = $"{options.ConnectionString};Connection Timeout=1800" });
        await router.StartAsync();
        await HostsUnderTest.UntilAsync(router, all => all.Count(h => h is { Role: ServerRole.Replica, State: ServerState.Up }) == 2);
        for (var i = 0; i < 10; i++)
            await using (await router.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Eventual))
                router.Hosts.Sum(h => h.InFlight).Should().Be(1);

        _hosts.Links[1].Freeze();
        var reads = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            await using var reading = await router.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Eventual);
            return await HostsUnderTest.ServerOfAsync(reading);
        })).WaitAsync(TimeSpan.FromMinutes(3));

        reads.Should().NotContain(2);
        _hosts.Links[1].Restore();
    }

    private static ServiceProvider Health(MultiHostDataSource router)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(router);
        services.AddHealthChecks().AddDatabaseServers();
        return services.BuildServiceProvider();
    }

    private static Task<HealthReport> CheckAsync(ServiceProvider services) => services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

    private static async Task<int> OpenAsync(MySqlMultiHostDataSource router)
    {
        await using var connection = await router.OpenConnectionAsync(DatabaseAccess.Write);
        return await HostsUnderTest.ServerOfAsync(connection);
    }

    private async Task EndedAsync(int thread)
    {
        for (var i = 0; await _hosts.Set.Primary.ReadAsync($"SELECT count(*) FROM information_schema.processlist WHERE id = {thread}") != "0"; i++)
        {
            if (i > 10_000)
                throw new TimeoutException($"Connection {thread} to the old primary was not discarded.");
            await Task.Delay(10);
        }
    }
}
