using System.Transactions;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql.Routing.Tests;

/// <summary>Cancelled openings, exhausted pools, leaked session state, transaction scopes and configuration errors.</summary>
public sealed class EdgeCaseTests(ServersUnderTest servers) : IClassFixture<ServersUnderTest>
{
    [Fact]
    public async Task Cancelled_openings_leave_no_connection_open_and_eject_no_server()
    {
        await using var router = await servers.StartAsync();
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
                // The expected outcome.
            }
        }));

        router.Servers.Should().OnlyContain(h => h.State != ServerState.Down);
        await ServersUnderTest.UntilAsync(router, all => all.All(h => h.InFlight == 0));
    }

    [Fact]
    public async Task An_exhausted_pool_is_reported_and_ejects_no_server()
    {
        var options = servers.Options();
        await using var router = new MySqlMultiHostDataSource(
            options with { ConnectionString = $"{options.ConnectionString};Maximum Pool Size=1;Connection Timeout=1" });
        await using var held = await router.OpenConnectionAsync(DatabaseAccess.Write);

        var open = async () => await router.OpenConnectionAsync(DatabaseAccess.Write);

        await open.Should().ThrowAsync<MySqlException>().WithMessage("*pooled connections are in use*");
        router.Servers[0].Should().Match<ServerStatus>(h => h.State == ServerState.Up && h.InFlight == 1);
    }

    [Fact]
    public async Task Session_state_of_a_pooled_connection_does_not_leak_to_the_next_caller()
    {
        var options = servers.Options();
        await using var router = new MySqlMultiHostDataSource(
            options with { ConnectionString = $"{options.ConnectionString};Connection Reset=false;Maximum Pool Size=1" });
        await using (var one = await router.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Primary))
            await ServersUnderTest.ExecuteAsync(one, "SET SESSION TRANSACTION READ WRITE");

        await using var next = await router.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Primary);
        var write = () => ServersUnderTest.ExecuteAsync(next, "INSERT INTO notes (text) VALUES ('stray')");

        (await write.Should().ThrowAsync<MySqlException>()).Which.Number.Should().Be(1792);
    }

    [Fact]
    public async Task A_reader_inside_a_transaction_scope_is_read_only_and_sees_only_committed_rows()
    {
        await using var router = await servers.StartAsync();
        using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
        await using var writing = await router.OpenConnectionAsync(DatabaseAccess.Write);
        await ServersUnderTest.ExecuteAsync(writing, "INSERT INTO notes (id, text) VALUES (880001, 'not yet')");
        await using var reading = await router.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Primary);

        (await ServersUnderTest.ScalarAsync(reading, "SELECT count(*) FROM notes WHERE id = 880001")).Should().Be(0L);
        var write = () => ServersUnderTest.ExecuteAsync(reading, "INSERT INTO notes (text) VALUES ('stray')");
        (await write.Should().ThrowAsync<MySqlException>()).Which.Number.Should().Be(1792);
    }

    [Fact]
    public async Task Concurrent_first_reads_of_a_causal_session_use_one_server()
    {
        await using var router = await servers.StartAsync();
        await ServersUnderTest.UntilAsync(router, all => all.Count(h => h is { Role: ServerRole.Replica, State: ServerState.Up }) == 2);
        for (var i = 0; i < 50; i++)
        {
            var session = new CausalSession(router);
            var reached = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
            {
                await using var reading = (MySqlConnection)await session.OpenReadAsync();
                return await ServersUnderTest.ServerOfAsync(reading);
            })));
            reached.Distinct().Should().ContainSingle();
        }
    }

    [Fact]
    public async Task A_synchronous_open_of_a_plain_data_source_tries_the_next_server()
    {
        await using var router = await servers.StartAsync(ServersUnderTest.ProbeOptions(TimeSpan.FromMinutes(1)));
        servers.Links[1].Cut();
        try
        {
            for (var i = 0; i < 10; i++)
            {
                await using var reading = router.Replicas.OpenConnection();
                (await ServersUnderTest.ServerOfAsync((MySqlConnection)reading)).Should().Be(3);
            }
        }
        finally
        {
            servers.Links[1].Restore();
        }
    }

    [Fact]
    public async Task A_configuration_error_is_reported_at_every_open()
    {
        await using var router = new MySqlMultiHostDataSource(servers.Options() with
        {
            Servers = [new ServerAddress("127.0.0.1", servers.Links[0].Port), new ServerAddress("127.0.0.1", servers.Set.Servers[0].Port)],
        });
        var open = async () => await router.OpenConnectionAsync(DatabaseAccess.Write);

        for (var i = 0; i < 3; i++)
            await open.Should().ThrowAsync<RoutingException>().WithMessage("*the same server*");
    }

    [Fact]
    public async Task A_missing_database_is_reported_to_the_caller_and_ejects_no_server()
    {
        var options = servers.Options();
        await using var router = new MySqlMultiHostDataSource(
            options with { ConnectionString = $"{options.ConnectionString};Database=nowhere" });

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
    public void The_refusal_listener_classifies_the_errors_of_the_driver_log(int number, string message, bool? isCertain)
    {
        bool? reported = null;
        using var listener = new RefusalListener(Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, certain =>
            reported = certain);
        var log = listener.CreateLogger("MySqlConnector.MySqlConnection");

        var values = new Dictionary<string, object?> { ["ErrorCode"] = number, ["Message"] = message };
        log.Log(LogLevel.Debug, new EventId(2006, "ErrorPayload"), values, null, (_, _) => "");

        reported.Should().Be(isCertain);
    }
}
