using Settlements.Routing;
using Settlements.TestServers;

namespace Settlements.MySql.Routing.Tests;

/// <summary>Where MySQL's protocol differs from MariaDB's, against a scripted server: no MySQL server is used.</summary>
public sealed class MySqlProtocolTests : IAsyncLifetime
{
    private const string Uuid = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

    private readonly List<ScriptedMySqlServer> _servers = [];
    private volatile string _primaryHas = $"{Uuid}:1-10";
    private volatile string _replicaHas = $"{Uuid}:1-10";
    private volatile int _waitAnswer;
    private volatile string? _replicationError;

    public ValueTask InitializeAsync()
    {
        _servers.Add(ScriptedMySqlServer.Start("8.4.3", sql => Answer(sql, isPrimary: true)));
        _servers.Add(ScriptedMySqlServer.Start("8.4.3", sql => Answer(sql, isPrimary: false)));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    [Fact]
    public async Task Roles_and_positions_are_read_from_a_MySQL_server()
    {
        await using var router = await StartAsync();

        router.Servers.Select(h => h.Role).Should().Equal(ServerRole.Primary, ServerRole.Replica);
        router.Servers[1].Position.Should().Be(CausalToken.Parse($"{Uuid}:1-10"));
        router.Servers[1].State.Should().Be(ServerState.Up);
        _servers[1].Received.Should().Contain(c => c.Text.Contains("SHOW REPLICA STATUS"));
    }

    [Fact]
    public async Task A_commit_reads_the_executed_set_in_its_round_trip_and_then_completes_the_drivers_transaction()
    {
        await using var router = await StartAsync();
        await using var connection = await router.OpenConnectionAsync(DatabaseAccess.Write);
        await using var transaction = await connection.BeginTransactionAsync();
        _primaryHas = $"{Uuid}:1-11";

        (await router.CommitAsync(transaction)).ToString().Should().Be($"{Uuid}:1-11");

        _servers[0].Received.Where(c => c.Text.Contains("COMMIT", StringComparison.OrdinalIgnoreCase)).Select(c => c.Text)
            .Should().Equal("COMMIT; SELECT @@global.gtid_executed", "commit");
    }

    [Fact]
    public async Task A_read_waits_for_its_token_in_the_round_trip_that_makes_the_connection_read_only()
    {
        await using var router = await StartAsync();

        await using var connection = await router.OpenConnectionAsync(
            DatabaseAccess.Read, ReadConsistency.After(CausalToken.Parse($"{Uuid}:1-12")));

        connection.DataSource.Should().Be("127.0.0.1");
        _servers[1].Received.Should()
            .Contain(c => c.Text == $"SET SESSION TRANSACTION READ ONLY; SELECT WAIT_FOR_EXECUTED_GTID_SET('{Uuid}:1-12', 0.500)");
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(0, "Could not execute Write_rows event")]
    public async Task A_read_falls_back_to_the_primary_after_a_wait_timeout_or_if_the_replica_is_stopped(
        int waitAnswer, string? replicationError)
    {
        (_waitAnswer, _replicationError) = (waitAnswer, replicationError);
        await using var router = await StartAsync();

        await using var connection = await router.OpenConnectionAsync(
            DatabaseAccess.Read, ReadConsistency.After(CausalToken.Parse($"{Uuid}:1-12")));

        router.Servers[0].InFlight.Should().Be(1);
        if (replicationError is not null)
            router.Servers[1].Detail.Should().Contain(replicationError);
    }

    [Fact]
    public async Task A_replica_with_a_gap_has_not_reached_a_token_inside_the_gap()
    {
        _replicaHas = $"{Uuid}:1-5:8-10";
        _waitAnswer = 1;
        await using var router = await StartAsync();

        await using (await router.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.After(CausalToken.Parse($"{Uuid}:7"))))
            router.Servers[0].InFlight.Should().Be(1);
        await using (await router.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.After(CausalToken.Parse($"{Uuid}:9"))))
            router.Servers[1].InFlight.Should().Be(1);
    }

    private async Task<MySqlMultiHostDataSource> StartAsync()
    {
        var router = new MySqlMultiHostDataSource(new MySqlMultiHostOptions
        {
            ConnectionString = "User ID=app;Password=any;SslMode=None",
            Servers = [.. _servers.Select(s => new ServerAddress("127.0.0.1", s.Port))],
        });
        await router.StartAsync();
        return router;
    }

    private ScriptedAnswer? Answer(string sql, bool isPrimary)
    {
        if (sql.StartsWith("SELECT @@global.read_only,", StringComparison.Ordinal))
        {
            var facts = ScriptedAnswer.Rows(
                ["read_only", "gtid_executed", "", "server_uuid", "server_uuid"],
                [isPrimary ? 0L : 1L, isPrimary
                    ? _primaryHas
                    : _replicaHas, "", isPrimary ? "uuid 1" : "uuid 2", isPrimary ? "uuid 1" : "uuid 2"]);
            string[] columns =
            [
                "Replica_IO_Running", "Replica_SQL_Running", "Source_Host", "Source_Port", "Last_SQL_Error", "Channel_Name",
                "Source_Server_Id",
                "Source_UUID",
            ];
            return facts.Then(isPrimary
                ? ScriptedAnswer.Rows(columns)
                : ScriptedAnswer.Rows(
                    columns, ["Yes", _replicationError is null ? "Yes" : "No", "db1", 3306L, _replicationError ?? "", "", 1L, "uuid 1"]));
        }

        if (sql.StartsWith("SHOW GRANTS", StringComparison.Ordinal))
            return ScriptedAnswer.Rows(["grants"], ["GRANT SELECT, INSERT ON *.* TO `app`@`%`"]);
        if (sql.Contains("WAIT_FOR_EXECUTED_GTID_SET", StringComparison.Ordinal))
            return ScriptedAnswer.Ok().Then(ScriptedAnswer.Value((long)_waitAnswer));
        return sql.StartsWith("COMMIT; SELECT", StringComparison.Ordinal)
            ? ScriptedAnswer.Ok().Then(ScriptedAnswer.Value(_primaryHas)) : null;
    }
}
