using System.Transactions;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql.Routing.Tests;

/// <summary>What users do besides: give up, take too much, nest, leave things behind.</summary>
public sealed class HardUseTests(HostsUnderTest hosts) : IClassFixture<HostsUnderTest>
{
    [Fact]
    public async Task Openings_that_are_cancelled_leave_nothing_open_and_take_no_host_out()
    {
        await using var router = await hosts.StartAsync();
        var token = await router.ReadPositionAsync();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(i % 10));
            try
            {
                await using var connection = i % 2 == 0
                    ? await router.OpenConnectionAsync(DatabaseAccess.Write, default, soon.Token)
                    : await router.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.After(token), soon.Token);
            }
            catch (OperationCanceledException)
            {
                // As was asked.
            }
        }));

        router.Servers.Should().OnlyContain(h => h.State != ServerState.Down);
        await HostsUnderTest.UntilAsync(router, all => all.All(h => h.InFlight == 0));
    }

    [Fact]
    public async Task A_pool_that_is_used_up_is_said_and_takes_no_host_out()
    {
        var options = hosts.Options();
        await using var router = new MySqlMultiHostDataSource(options with { ConnectionString = $"{options.ConnectionString};Maximum Pool Size=1;Connection Timeout=1" });
        await using var held = await router.OpenConnectionAsync(DatabaseAccess.Write);

        var open = async () => await router.OpenConnectionAsync(DatabaseAccess.Write);

        await open.Should().ThrowAsync<MySqlException>().WithMessage("*pooled connections are in use*");
        router.Servers[0].Should().Match<ServerStatus>(h => h.State == ServerState.Up && h.InFlight == 1);
    }

    [Fact]
    public async Task What_one_user_leaves_in_a_session_is_not_the_next_ones()
    {
        var options = hosts.Options();
        await using var router = new MySqlMultiHostDataSource(options with { ConnectionString = $"{options.ConnectionString};Connection Reset=false;Maximum Pool Size=1" });
        await using (var one = await router.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Primary))
            await HostsUnderTest.ExecuteAsync(one, "SET SESSION TRANSACTION READ WRITE");

        await using var next = await router.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Primary);
        var write = () => HostsUnderTest.ExecuteAsync(next, "INSERT INTO notes (text) VALUES ('stray')");

        (await write.Should().ThrowAsync<MySqlException>()).Which.Number.Should().Be(1792);
    }

    [Fact]
    public async Task A_reader_inside_a_transaction_scope_is_read_only_too_and_sees_what_is_committed()
    {
        await using var router = await hosts.StartAsync();
        using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
        await using var writing = await router.OpenConnectionAsync(DatabaseAccess.Write);
        await HostsUnderTest.ExecuteAsync(writing, "INSERT INTO notes (id, text) VALUES (880001, 'not yet')");
        await using var reading = await router.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Primary);

        (await HostsUnderTest.ScalarAsync(reading, "SELECT count(*) FROM notes WHERE id = 880001")).Should().Be(0L);
        var write = () => HostsUnderTest.ExecuteAsync(reading, "INSERT INTO notes (text) VALUES ('stray')");
        (await write.Should().ThrowAsync<MySqlException>()).Which.Number.Should().Be(1792);
    }

    [Fact]
    public async Task First_reads_of_a_session_at_the_same_time_are_of_one_host()
    {
        await using var router = await hosts.StartAsync();
        await HostsUnderTest.UntilAsync(router, all => all.Count(h => h is { Role: ServerRole.Replica, State: ServerState.Up }) == 2);
        for (var i = 0; i < 50; i++)
        {
            var session = new CausalSession(router);
            var servers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
            {
                await using var reading = (MySqlConnection)await session.OpenReadAsync();
                return await HostsUnderTest.ServerOfAsync(reading);
            })));
            servers.Distinct().Should().ContainSingle();
        }
    }

    [Fact]
    public async Task A_blocking_open_of_a_plain_data_source_tries_the_next_host()
    {
        await using var router = await hosts.StartAsync(HostsUnderTest.Quick with { ProbePeriod = TimeSpan.FromMinutes(1) });
        hosts.Links[1].Cut();
        try
        {
            for (var i = 0; i < 10; i++)
            {
                await using var reading = router.Replicas.OpenConnection();
                (await HostsUnderTest.ServerOfAsync((MySqlConnection)reading)).Should().Be(3);
            }
        }
        finally
        {
            hosts.Links[1].Restore();
        }
    }

    [Fact]
    public async Task A_mistake_in_the_hosts_is_said_at_every_open_until_it_is_mended()
    {
        await using var router = new MySqlMultiHostDataSource(hosts.Options() with
        {
            Hosts = [new ServerAddress("127.0.0.1", hosts.Links[0].Port), new ServerAddress("127.0.0.1", hosts.Set.Servers[0].Port)],
        });
        var open = async () => await router.OpenConnectionAsync(DatabaseAccess.Write);

        for (var i = 0; i < 3; i++)
            await open.Should().ThrowAsync<RoutingException>().WithMessage("*the same server*");
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_the_callers_error_and_takes_no_host_out()
    {
        var options = hosts.Options();
        await using var router = new MySqlMultiHostDataSource(options with { ConnectionString = $"{options.ConnectionString};Database=nowhere" });

        var open = async () => await router.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Eventual);

        (await open.Should().ThrowAsync<MySqlException>()).Which.Number.Should().Be(1049);
        router.Servers.Should().OnlyContain(h => h.State != ServerState.Down);
    }

    [Theory]
    [InlineData(1290, "The MariaDB server is running with the --read-only option so it cannot execute this statement", true)]
    [InlineData(1290, "The MySQL server is running with the --super-read-only option so it cannot execute this statement", true)]
    [InlineData(1290, "The MariaDB server is running with the --secure-file-priv option so it cannot execute this statement", null)]
    [InlineData(1836, "Running in read-only mode", true)]
    [InlineData(1792, "Cannot execute statement in a READ ONLY transaction", false)]
    [InlineData(1062, "Duplicate entry 'read-only' for key 1", null)]
    public void A_refusal_is_heard_for_what_it_is(int number, string message, bool? isCertain)
    {
        bool? heard = null;
        using var listener = new RefusalListener(Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, certain => heard = certain);
        var log = listener.CreateLogger("MySqlConnector.MySqlConnection");

        var values = new Dictionary<string, object?> { ["ErrorCode"] = number, ["Message"] = message };
        log.Log(LogLevel.Debug, new EventId(2006, "ErrorPayload"), values, null, (_, _) => "");

        heard.Should().Be(isCertain);
    }
}
