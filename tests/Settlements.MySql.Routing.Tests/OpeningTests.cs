using System.Data.Common;
using Dapper;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql.Routing.Tests;

public sealed class OpeningTests(ServersUnderTest servers) : IClassFixture<ServersUnderTest>
{
    [Fact]
    public async Task Writes_are_routed_to_the_primary_and_reads_to_both_replicas()
    {
        await using var router = await servers.StartAsync();
        await using (var writing = await router.OpenConnectionAsync(DatabaseAccess.Write))
        {
            (await ServersUnderTest.ServerOfAsync(writing)).Should().Be(1);
            await ServersUnderTest.ExecuteAsync(writing, "INSERT INTO notes (text) VALUES ('a')");
        }

        await ServersUnderTest.UntilAsync(router, all => all.Count(h => h is { Role: ServerRole.Replica, State: ServerState.Up }) == 2);
        var reached = new HashSet<int>();
        for (var i = 0; i < 50; i++)
        {
            await using var reading = await router.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Eventual);
            reached.Add(await ServersUnderTest.ServerOfAsync(reading));
        }

        reached.Should().BeEquivalentTo([2, 3]);
        router.Servers.Should().OnlyContain(h => h.InFlight == 0);
    }

    [Fact]
    public async Task Plain_data_sources_route_to_the_primary_or_a_replica()
    {
        await using var router = await servers.StartAsync();

        await using (var writing = router.Primary.CreateConnection())
            (await writing.ExecuteAsync("INSERT INTO notes (text) VALUES ('plain')")).Should().Be(1);
        await using (var reading = await router.Replicas.OpenConnectionAsync())
            (await reading.ExecuteScalarAsync<int>("SELECT @@server_id")).Should().NotBe(1);
        await using (var reading = router.Replicas.CreateConnection())
        {
            await reading.OpenAsync();
            (await ((DbConnection)reading).Invoking(c => c.ExecuteAsync("INSERT INTO notes (text) VALUES ('stray')"))
                .Should().ThrowAsync<MySqlException>()).Which.Number.Should().BeOneOf(1290, 1792);
        }

        await using var any = await ((DbDataSource)router).OpenConnectionAsync();
        (await any.ExecuteScalarAsync<int>("SELECT @@server_id")).Should().Be(1);
        router.Servers[0].InFlight.Should().Be(1);
    }

    [Theory]
    [InlineData(ReadConsistencyKind.Primary)]
    [InlineData(ReadConsistencyKind.Eventual)]
    public async Task A_stray_write_on_a_reading_connection_is_an_error_on_every_server(ReadConsistencyKind kind)
    {
        await using var router = await servers.StartAsync();
        for (var i = 0; i < 4; i++)
        {
            await using var reading = await router.OpenConnectionAsync(
                DatabaseAccess.Read, kind == ReadConsistencyKind.Primary ? ReadConsistency.Primary : ReadConsistency.Eventual);

            var write = () => ServersUnderTest.ExecuteAsync(reading, "INSERT INTO notes (text) VALUES ('stray')");

            (await write.Should().ThrowAsync<MySqlException>()).Which.Number.Should().BeOneOf(1290, 1792);
        }

        await using var writing = await router.OpenConnectionAsync(DatabaseAccess.Write);
        await ServersUnderTest.ExecuteAsync(writing, "INSERT INTO notes (text) VALUES ('meant')");
    }

    [Fact]
    public async Task A_commit_returns_a_token_and_a_read_after_it_sees_the_write()
    {
        await using var router = await servers.StartAsync();
        CausalToken token;
        object? id;
        await using (var writing = await router.OpenConnectionAsync(DatabaseAccess.Write))
        await using (var transaction = await writing.BeginTransactionAsync())
        {
            await new MySqlCommand("INSERT INTO notes (text) VALUES ('mine')", writing, transaction).ExecuteNonQueryAsync();
            id = await new MySqlCommand("SELECT LAST_INSERT_ID()", writing, transaction).ExecuteScalarAsync();
            token = await router.CommitAsync(transaction);
        }

        token.IsNone.Should().BeFalse();
        await using var reading = await router.OpenConnectionAsync(
            DatabaseAccess.Read, ReadConsistency.After(CausalToken.Parse(token.ToString())));

        (await ServersUnderTest.ServerOfAsync(reading)).Should().NotBe(1);
        (await ServersUnderTest.ScalarAsync(reading, $"SELECT text FROM notes WHERE id = {id}")).Should().Be("mine");
    }

    [Fact]
    public async Task A_completed_transaction_can_not_be_committed()
    {
        await using var router = await servers.StartAsync();
        await using var writing = await router.OpenConnectionAsync(DatabaseAccess.Write);
        await using var transaction = await writing.BeginTransactionAsync();
        await transaction.RollbackAsync();

        await router.Invoking(r => r.CommitAsync(transaction)).Should().ThrowAsync<InvalidOperationException>()
            .WithMessage("*already completed*");
    }

    [Fact]
    public async Task A_transaction_that_wrote_nothing_returns_the_position_that_it_may_have_read()
    {
        await using var router = await servers.StartAsync();
        await using var connection = await router.OpenConnectionAsync(DatabaseAccess.Write);
        await ServersUnderTest.ExecuteAsync(connection, "INSERT INTO notes (text) VALUES ('own')");
        var own = await router.ReadTokenAsync(connection);
        await servers.Set.Primary.ExecuteAsync("INSERT INTO shop.notes (text) VALUES ('another one')");
        await using var transaction = await connection.BeginTransactionAsync();

        var token = await router.CommitAsync(transaction);

        own.IsCoveredBy(token).Should().BeTrue();
        token.IsCoveredBy(own).Should().BeFalse("it may have read what another connection wrote");
        token.Should().Be(await router.ReadPositionAsync());
    }
}
