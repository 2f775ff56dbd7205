using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql.Routing.Tests;

/// <summary>Detection of roles and their changes on real servers. Each test starts its own servers, since it changes their roles.</summary>
public sealed class RolesTests : IAsyncLifetime
{
    private readonly ServersUnderTest _servers = new();

    public ValueTask InitializeAsync() => _servers.InitializeAsync();

    public ValueTask DisposeAsync() => _servers.DisposeAsync();

    [Fact]
    public async Task After_a_failover_writes_are_routed_to_the_promoted_replica()
    {
        await using var router = await _servers.StartAsync();
        _servers.Set.Primary.Kill();
        var failed = () => OpenAsync(router);
        await failed.Should().ThrowAsync<RoutingException>().WithMessage("*No server is available for a write*");
        router.Servers[0].State.Should().Be(ServerState.Down, "the failed request reported it");
        await using var health = Health(router);
        (await CheckAsync(health)).Status.Should().Be(HealthStatus.Unhealthy, "no server takes writes");

        await _servers.Set.PromoteAsync(_servers.Set.Servers[1]);
        await ServersUnderTest.UntilAsync(router, all => all[1].Role == ServerRole.Primary);

        (await OpenAsync(router)).Should().Be(2);
        var (old, promoted) = (router.Servers[0].Name, router.Servers[1].Name);
        var after = await CheckAsync(health);
        after.Status.Should().Be(HealthStatus.Degraded, "the failover is finished, and the dead server wants attention");
        after.Entries["database"].Description.Should().StartWith($"The primary is {promoted}. {old}: Primary, Down").And.Contain(
            $"make it a replica of {promoted}");

        await _servers.Set.Servers[0].RestartAsync();
        await ServersUnderTest.UntilAsync(router, all => all[0].State == ServerState.Refused);
        var two = () => OpenAsync(router);
        await two.Should().ThrowAsync<RoutingException>().WithMessage(
            $"*{router.Servers[0].Name} and {router.Servers[1].Name} are both "
                + $"primaries*{router.Servers[1].Name} was the primary until then*");
        var conflict = await CheckAsync(health);
        conflict.Status.Should().Be(HealthStatus.Unhealthy, "every write is refused");
        conflict.Entries[$"database:{old}"].Data["remedy"].Should().BeOfType<string>().Which.Should().Contain("SET GLOBAL read_only = 1");

        await _servers.Set.RejoinAsync(_servers.Set.Servers[0]);
        await ServersUnderTest.UntilAsync(router, all => all[0].Role == ServerRole.Replica && all[0].State == ServerState.Up);
        (await OpenAsync(router)).Should().Be(2);
        (await CheckAsync(health)).Entries["database"].Status.Should().Be(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_server_that_refuses_a_write_is_demoted_and_its_connections_are_discarded()
    {
        // No probe runs meanwhile: the refusal itself has to be detected.
        await using var router = await _servers.StartAsync(ServersUnderTest.ProbeOptions(TimeSpan.FromMinutes(1)));
        for (var i = 0; i < 3; i++)
            await OpenAsync(router);
        await using (var held = await router.OpenConnectionAsync(DatabaseAccess.Write))
        {
            var thread = held.ServerThread;
            await _servers.Set.Primary.SetReadOnlyAsync(true);
            var write = () => ServersUnderTest.ExecuteAsync(held, "INSERT INTO notes (text) VALUES ('late')");
            (await write.Should().ThrowAsync<MySqlException>()).Which.Number.Should().Be(1290);

            await _servers.Invoking(_ => OpenAsync(router)).Should().ThrowAsync<RoutingException>();
            await held.CloseAsync();
            await EndedAsync(thread);
        }

        await _servers.Set.Primary.SetReadOnlyAsync(false);
        await ServersUnderTest.UntilAsync(router, all => all[0].Role == ServerRole.Primary);
    }

    [Fact]
    public async Task A_write_of_a_privileged_user_is_not_sent_to_a_read_only_server()
    {
        var options = _servers.Options(ServersUnderTest.ProbeOptions(TimeSpan.FromMinutes(1))) with
        {
            ConnectionString = $"User ID=root;Database={ServersUnderTest.Database};SslMode=None",
        };
        await using var router = new MySqlMultiHostDataSource(options);
        (await OpenAsync(router)).Should().Be(1);
        await _servers.Set.Primary.SetReadOnlyAsync(true);

        await _servers.Invoking(_ => OpenAsync(router)).Should().ThrowAsync<RoutingException>().WithMessage("*read-only*");

        await _servers.Set.SwitchoverAsync(_servers.Set.Servers[2]);
        await ServersUnderTest.UntilAsync(router, all => all[2].Role == ServerRole.Primary);
        (await OpenAsync(router)).Should().Be(3);
        router.Servers.Sum(h => h.InFlight).Should().Be(0);
    }

    [Fact]
    public async Task An_unresponsive_primary_is_replaced_by_the_promoted_replica()
    {
        await using var router = await _servers.StartAsync(ServersUnderTest.QuickTimeouts);
        _servers.Links[0].Freeze();
        await _servers.Set.PromoteAsync(_servers.Set.Servers[1]);
        await ServersUnderTest.UntilAsync(router, all => all[1].Role == ServerRole.Primary
            && all[0].State is (ServerState.Suspect or ServerState.Down));

        (await OpenAsync(router)).Should().Be(2);
    }

    [Fact]
    public async Task Transactions_lost_with_the_old_primary_are_never_read_after_a_token_of_the_new_one()
    {
        await using var router = await _servers.StartAsync();
        var (old, promoted, other) = (_servers.Set.Servers[0], _servers.Set.Servers[1], _servers.Set.Servers[2]);

        // The lost transactions are in the old primary's log, and on a replica that is not promoted.
        await promoted.StopReplicationAsync();
        for (var i = 0; i < 5; i++)
            await old.ExecuteAsync(
                "INSERT INTO shop.notes (id, text) VALUES (900 + (SELECT count(*) FROM (SELECT 1 FROM shop.notes) n), 'lost')");
        await other.WaitForAsync((await old.ReadAsync("SELECT @@gtid_binlog_pos"))!);
        old.Kill();
        await promoted.ExecuteAsync("STOP SLAVE; RESET SLAVE ALL; SET GLOBAL read_only = 0");
        await ServersUnderTest.UntilAsync(router, all => all[1].Role == ServerRole.Primary);
        await old.RestartAsync();
        await old.SetReadOnlyAsync(true);
        await ServersUnderTest.UntilAsync(router, all => all[1] is { Role: ServerRole.Primary, State: ServerState.Up }
            && all[0].Role == ServerRole.Replica);

        CausalToken token;
        await using (var writing = await router.OpenConnectionAsync(DatabaseAccess.Write))
        {
            await ServersUnderTest.ExecuteAsync(writing, "INSERT INTO notes (id, text) VALUES (900, 'kept')");
            token = await router.ReadTokenAsync(writing);
        }

        await ServersUnderTest.UntilAsync(router, all => all[0] is { State: ServerState.Lagging }
            && all[2] is { State: ServerState.Lagging });
        token.IsCoveredBy(router.Servers[0].Position).Should().BeTrue("by sequence numbers only, the old primary has reached it");
        for (var i = 0; i < 20; i++)
        {
            await using var reading = await router.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.After(token));
            (await ServersUnderTest.ScalarAsync(reading, "SELECT text FROM notes WHERE id = 900")).Should().Be("kept");
        }
    }

    [Fact]
    public async Task A_stopped_writable_replica_gets_no_write_when_the_primary_is_unreachable()
    {
        await _servers.Set.Servers[1].ExecuteAsync("STOP SLAVE; SET GLOBAL read_only = 0");
        await using var router = await _servers.StartAsync();
        _servers.Links[0].Cut();

        await _servers.Invoking(_ => OpenAsync(router)).Should().ThrowAsync<RoutingException>().WithMessage("*No server is a primary*");
    }

    [Fact]
    public async Task A_read_only_transaction_of_the_application_does_not_demote_the_server()
    {
        await using var router = await _servers.StartAsync(ServersUnderTest.ProbeOptions(TimeSpan.FromMinutes(1)));
        await using var held = await router.OpenConnectionAsync(DatabaseAccess.Write);
        await ServersUnderTest.ExecuteAsync(held, "START TRANSACTION READ ONLY");

        var write = () => ServersUnderTest.ExecuteAsync(held, "INSERT INTO notes (text) VALUES ('stray')");

        (await write.Should().ThrowAsync<MySqlException>()).Which.Number.Should().Be(1792);
        (await OpenAsync(router)).Should().Be(1);
    }

    [Fact]
    public async Task A_server_at_its_connection_limit_is_not_ejected()
    {
        await using var router = await _servers.StartAsync();
        await _servers.Set.Primary.ExecuteAsync("GRANT USAGE ON *.* TO app WITH MAX_USER_CONNECTIONS 1"); // applies to new connections
        await using var held = await router.OpenConnectionAsync(DatabaseAccess.Write);

        (await _servers.Invoking(_ => OpenAsync(router)).Should().ThrowAsync<MySqlException>()).Which.Number.Should().BeOneOf(1203, 1226);

        router.Servers[0].Should().Match<ServerStatus>(h => h.State == ServerState.Up && h.Role == ServerRole.Primary && h.InFlight == 1);
        await held.DisposeAsync();
        (await OpenAsync(router)).Should().Be(1);
    }

    [Fact]
    public async Task Pending_openings_at_an_unresponsive_server_are_retried_on_another()
    {
        // A connection attempt alone would wait for half an hour.
        var options = _servers.Options(ServersUnderTest.QuickTimeouts);
        await using var router = new MySqlMultiHostDataSource(
            options with { ConnectionString = $"{options.ConnectionString};Connection Timeout=1800" });
        await router.StartAsync();
        await ServersUnderTest.UntilAsync(router, all => all.Count(h => h is { Role: ServerRole.Replica, State: ServerState.Up }) == 2);
        for (var i = 0; i < 10; i++)
            await using (await router.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Eventual))
                router.Servers.Sum(h => h.InFlight).Should().Be(1);

        _servers.Links[1].Freeze();
        var reads = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            await using var reading = await router.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Eventual);
            return await ServersUnderTest.ServerOfAsync(reading);
        })).WaitAsync(TimeSpan.FromMinutes(3));

        reads.Should().NotContain(2);
        _servers.Links[1].Restore();
    }

    private static ServiceProvider Health(MultiHostDataSource router)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(router);
        services.AddHealthChecks().AddDatabaseServers();
        return services.BuildServiceProvider();
    }

    private static Task<HealthReport> CheckAsync(ServiceProvider services) =>
        services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

    private static async Task<int> OpenAsync(MySqlMultiHostDataSource router)
    {
        await using var connection = await router.OpenConnectionAsync(DatabaseAccess.Write);
        return await ServersUnderTest.ServerOfAsync(connection);
    }

    private async Task EndedAsync(int thread)
    {
        for (var i = 0; await _servers.Set.Primary.ReadAsync(
            $"SELECT count(*) FROM information_schema.processlist WHERE id = {thread}") != "0"; i++)
        {
            if (i > 10_000)
                throw new TimeoutException($"Connection {thread} to the old primary was not discarded.");
            await Task.Delay(10);
        }
    }
}
