using MySqlConnector;
using Settlement.Routing;

namespace Settlement.MySql.Routing.Tests;

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
        router.Hosts[0].State.Should().Be(HostState.Down, "the request saw it, and no other one is sent there");

        await _hosts.Set.PromoteAsync(_hosts.Set.Servers[1]);
        await HostsUnderTest.UntilAsync(router, all => all[1].Role == HostRole.Primary);

        (await OpenAsync(router)).Should().Be(2);

        await _hosts.Set.Servers[0].RestartAsync();
        await HostsUnderTest.UntilAsync(router, all => all[0].State == HostState.Refused);
        var two = () => OpenAsync(router);
        await two.Should().ThrowAsync<RoutingException>().WithMessage($"*{router.Hosts[0].Name} and {router.Hosts[1].Name} are both primaries*");

        await _hosts.Set.RejoinAsync(_hosts.Set.Servers[0]);
        await HostsUnderTest.UntilAsync(router, all => all[0].Role == HostRole.Replica && all[0].State == HostState.Up);
        (await OpenAsync(router)).Should().Be(2);
    }

    [Fact]
    public async Task A_server_that_refuses_a_write_is_no_primary_from_then_on_and_its_connections_are_discarded()
    {
        // Nobody probes meanwhile: the refusal itself has to be heard.
        await using var router = await _hosts.StartAsync(HostsUnderTest.Quick with { ProbePeriod = TimeSpan.FromMinutes(1) });
        for (var i = 0; i < 3; i++)
            await OpenAsync(router);
        await using (var held = await router.OpenConnectionAsync(Access.Write))
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
        await HostsUnderTest.UntilAsync(router, all => all[0].Role == HostRole.Primary, withinS: 90);
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

        await _hosts.Invoking(_ => OpenAsync(router)).Should().ThrowAsync<RoutingException>().WithMessage("*has become read-only*");

        await _hosts.Set.SwitchoverAsync(_hosts.Set.Servers[2]);
        await HostsUnderTest.UntilAsync(router, all => all[2].Role == HostRole.Primary, withinS: 90);
        (await OpenAsync(router)).Should().Be(3);
        router.Hosts.Sum(h => h.InFlight).Should().Be(0);
    }

    [Fact]
    public async Task A_primary_behind_a_frozen_network_gives_way_to_the_promoted_one()
    {
        await using var router = await _hosts.StartAsync();
        _hosts.Links[0].Freeze();
        await _hosts.Set.PromoteAsync(_hosts.Set.Servers[1]);
        await HostsUnderTest.UntilAsync(router, all => all[1].Role == HostRole.Primary && all[0].State is HostState.Suspect or HostState.Down);

        (await OpenAsync(router)).Should().Be(2);
    }

    private static async Task<int> OpenAsync(MySqlMultiHostDataSource router)
    {
        await using var connection = await router.OpenConnectionAsync(Access.Write);
        return await HostsUnderTest.ServerOfAsync(connection);
    }

    private async Task EndedAsync(int thread)
    {
        for (var i = 0; await _hosts.Set.Primary.ReadAsync($"SELECT count(*) FROM information_schema.processlist WHERE id = {thread}") != "0"; i++)
        {
            if (i > 500)
                throw new TimeoutException($"Connection {thread} to the old primary was not discarded.");
            await Task.Delay(10);
        }
    }
}
