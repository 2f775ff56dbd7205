using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql.Routing.Tests;

public sealed class CausalSessionTests(ServersUnderTest servers) : IClassFixture<ServersUnderTest>
{
    [Fact]
    public async Task A_session_sees_its_own_writes_and_another_session_sees_them_after_observing_its_token()
    {
        await using var router = await servers.StartAsync();
        var session = new CausalSession(router);
        var id = await WriteAsync(session);

        (await ReadAsync(session, id)).Text.Should().Be("mine");

        var next = new CausalSession(router);
        next.Observe(CausalToken.Parse(session.Token.ToString()));
        (await ReadAsync(next, id)).Text.Should().Be("mine");
    }

    [Fact]
    public async Task A_connection_accepts_further_commands_and_transactions_after_a_commit()
    {
        await using var router = await servers.StartAsync();
        var session = new CausalSession(router);
        await using var connection = (MySqlConnection)await session.OpenWriteAsync();
        for (var i = 0; i < 2; i++)
        {
            // Not disposed before the next transaction begins.
            var transaction = await connection.BeginTransactionAsync();
            await using var command = new MySqlCommand(
                $"INSERT INTO notes (id, text) VALUES ({777100 + 2 * i}, 'mine')", connection, transaction);
            await command.ExecuteNonQueryAsync();
            await session.CommitAsync(transaction);

            await ServersUnderTest.ExecuteAsync(connection, $"INSERT INTO notes (id, text) VALUES ({777101 + 2 * i}, 'mine')");
            await transaction.Invoking(t => session.CommitAsync(t)).Should().ThrowAsync<InvalidOperationException>()
                .WithMessage("*already completed*");
            await transaction.DisposeAsync();
        }

        (await ServersUnderTest.ScalarAsync(connection, "SELECT count(*) FROM notes WHERE id BETWEEN 777100 AND 777103")).Should().Be(4L);
        (await ReadAsync(session, 777102L)).Text.Should().Be("mine");
    }

    [Fact]
    public async Task A_write_outside_a_transaction_is_seen_by_the_session()
    {
        await using var router = await servers.StartAsync();
        var session = new CausalSession(router);
        await using (var connection = (MySqlConnection)await session.OpenWriteAsync())
        {
            await ServersUnderTest.ExecuteAsync(connection, "INSERT INTO notes (id, text) VALUES (777001, 'mine')");
            await session.ObserveWritesAsync(connection);
        }

        (await ReadAsync(session, 777001L)).Text.Should().Be("mine");
    }

    [Fact]
    public async Task Reads_of_a_session_never_go_back_in_time_when_its_replica_fails()
    {
        await using var router = await servers.StartAsync();
        var session = new CausalSession(router);
        await ServersUnderTest.UntilAsync(router, all => all.Count(h => h is { Role: ServerRole.Replica, State: ServerState.Up }) == 2);
        var first = (await ReadAsync(session, 0)).Server;
        for (var i = 0; i < 20; i++)
            (await ReadAsync(session, 0)).Server.Should().Be(first);

        var other = servers.Set.Servers[first == 2 ? 2 : 1];
        await other.StopSqlThreadAsync();
        try
        {
            var id = await WriteAsync(new CausalSession(router)); // written by another session; this one reads it from its replica
            await servers.Set.Servers[first - 1].WaitForAsync((await servers.Set.Primary.ReadAsync("SELECT @@gtid_binlog_pos"))!);
            (await ReadAsync(session, id)).Text.Should().Be("mine");
            servers.Links[first - 1].Cut();

            for (var i = 0; i < 20; i++)
                (await ReadAsync(session, id)).Should().Be(("mine", 1), "the other replica lacks what was already read");
        }
        finally
        {
            servers.Links[first - 1].Restore();
            await other.StartSqlThreadAsync();
        }
    }

    private static async Task<long> WriteAsync(CausalSession session)
    {
        await using var connection = (MySqlConnection)await session.OpenWriteAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new MySqlCommand("INSERT INTO notes (text) VALUES ('mine')", connection, transaction);
        await command.ExecuteNonQueryAsync();
        await session.CommitAsync(transaction);
        return command.LastInsertedId;
    }

    private static async Task<(string? Text, int Server)> ReadAsync(CausalSession session, long id)
    {
        await using var connection = (MySqlConnection)await session.OpenReadAsync();
        return ((string?)await ServersUnderTest.ScalarAsync(connection, $"SELECT text FROM notes WHERE id = {id}"),
            await ServersUnderTest.ServerOfAsync(connection));
    }
}
