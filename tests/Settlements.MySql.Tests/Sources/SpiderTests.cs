using Dapper;
using MySqlConnector;
using Settlements.Sqlite.Tests;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Sources;

/// <summary>The portable plan on a table whose rows are on two nodes of MariaDB's Spider.</summary>
public sealed class SpiderTests(SpiderServers spider) : UsageSourceContract, IClassFixture<SpiderServers>
{
    private static int _last;

    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store) => await NewTableAsync();

    [Fact]
    public async Task A_stopped_node_fails_the_close_with_a_transient_error_and_it_continues_after_the_restart()
    {
        await using var table = await NewTableAsync();
        await table.InsertAsync([.. Enumerable.Range(1, 48).Select(i =>
            Scenario.Event(i, Scenario.Monday, i, $"v{i % 3}", hour: i % 24))]);
        foreach (var node in table.Nodes)
            (await CountAsync(node)).Should().Be(24);
        await using var store = new SqliteUnderTest();
        await using var proxy = MySqlFaultProxy.Start("127.0.0.1", spider.Head.Port);
        var server = new MySqlConnectionStringBuilder(table.ConnectionString) { Port = (uint)proxy.Port }.ConnectionString;
        var sums = 0;
        proxy.OnCommand = command =>
        {
            if (OtherServerTests.IsSum(command.Text) && Interlocked.Increment(ref sums) == 3)
                spider.Node.Kill();
            return ProxyFault.None;
        };
        await using (var stopped = await StartAsync(store, server))
        {
            (await stopped.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<MySqlStoreException>())
                .WithMessage("*A server on which this one keeps rows of the table is down*").Which.IsTransient.Should().BeTrue();
        }

        proxy.OnCommand = null;
        var planned = await store.ReadAsync("SELECT run_id, bounds FROM pipeline_chunks WHERE step = 0 ORDER BY 1, 2");
        await spider.Node.RunAsync();
        await using var scenario = await StartAsync(store, server);
        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(48 * 49 / 2);
        (await store.ReadAsync("SELECT run_id, bounds FROM pipeline_chunks WHERE step = 0 ORDER BY 1, 2")).Should().Equal(planned);
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday);
    }

    [Fact]
    public async Task A_node_that_is_lost_during_a_session_of_the_head_is_a_transient_error()
    {
        await using var table = await NewTableAsync();
        await table.InsertAsync([.. Enumerable.Range(1, 4).Select(i => Scenario.Event(i, Scenario.Monday, i, hour: i))]);
        await using var connection = new MySqlConnection(table.ConnectionString);
        await connection.OpenAsync();
        await connection.ExecuteAsync("START TRANSACTION; SELECT sum(quantity) FROM usage_rows GROUP BY item_id");
        spider.Node.Kill();
        var read = () => connection.ExecuteAsync("SELECT sum(quantity) FROM usage_rows GROUP BY item_id");

        var first = (await read.Should().ThrowAsync<MySqlException>()).Which;
        await connection.ExecuteAsync("ROLLBACK");
        var second = (await read.Should().ThrowAsync<MySqlException>()).Which;
        await spider.Node.RunAsync();

        (first.Number, second.Number).Should().Be((12701, 1429), "a transaction can't go on with a new connection");
        foreach (var error in new[] { first, second })
            MySqlErrorTranslator.Translate(error, "plays on 127.0.0.1:1", default).Should()
                .BeOfType<MySqlStoreException>().Which.IsTransient.Should().BeTrue();
    }

    private Task<SpiderTable> NewTableAsync() =>
        spider.NewTableAsync(FormattableString.Invariant($"spider_{Interlocked.Increment(ref _last)}"));

    private static Task<Scenario> StartAsync(StoreUnderTest store, string server) => OtherServerTests.StartAsync(
        store, [server], o =>
        {
            o.SumPlan = SumPlan.ServerGroupBy;
            o.Name = "spider";
        }, chunkRows: 5);

    private static async Task<long> CountAsync(string node)
    {
        await using var connection = new MySqlConnection(node);
        return await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM usage_rows");
    }
}
