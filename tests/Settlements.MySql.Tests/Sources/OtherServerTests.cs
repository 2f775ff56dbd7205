using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using MySqlConnector;
using Settlements.Sqlite.Tests;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Sources;

/// <summary>Usage sources on other servers than the store's: unavailable servers, configuration, privileges and statements.</summary>
public sealed partial class OtherServerTests(SharedServer shared)
{
    [Theory]
    [InlineData(SumPlan.Stream)]
    [InlineData(SumPlan.ServerGroupBy)]
    public async Task A_close_resumes_with_its_planned_slices_when_an_unavailable_server_is_back(SumPlan plan)
    {
        await using var store = new SqliteUnderTest();
        await using var shards = await ShardsUnderTest.NewAsync(shared, 2);
        await using var proxy = MySqlFaultProxy.Start("127.0.0.1", shared.Server.Port);
        await shards.InsertAsync([.. Enumerable.Range(1, 40).Select(i => Event(i, i))]);
        var sums = new ConcurrentQueue<string>();
        proxy.OnCommand = command =>
        {
            if (!IsSum(command.Text))
                return ProxyFault.None;
            sums.Enqueue(command.Text);
            proxy.RefusesConnections = true;
            return ProxyFault.CutBefore;
        };
        string[] servers = [shards.Databases[0].ConnectionString, shards.Databases[1].Through(proxy)];
        await using (var stopped = await StartAsync(store, servers, o => o.SumPlan = plan, chunkRows: 5))
        {
            (await stopped.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<MySqlStoreException>())
                .WithMessage($"*{new MySqlConnectionStringBuilder(servers[1]).Database} on "
                    + $"127.0.0.1:{proxy.Port}*").Which.IsTransient.Should().BeTrue();
        }

        var planned = await store.ReadAsync("SELECT run_id, bounds FROM pipeline_chunks WHERE step = 0 ORDER BY 1, 2");
        proxy.RefusesConnections = false;
        proxy.OnCommand = command =>
        {
            if (IsSum(command.Text))
                sums.Enqueue(command.Text);
            return ProxyFault.None;
        };
        await using var scenario = await StartAsync(store, servers, o => o.SumPlan = plan, chunkRows: 5);
        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(40 * 41 / 2);
        (await store.ReadAsync("SELECT run_id, bounds FROM pipeline_chunks WHERE step = 0 ORDER BY 1, 2")).Should().Equal(planned);
        planned.Should().HaveCountGreaterThan(6);
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday);
    }

    /// <summary>The errors that a Spider head, or another server over several, sends for a node that is down.</summary>
    [Theory]
    [InlineData(1158)]
    [InlineData(1159)]
    [InlineData(1160)]
    [InlineData(1161)]
    [InlineData(1429)]
    [InlineData(2006)]
    [InlineData(2013)]
    [InlineData(12701)]
    public async Task An_error_about_a_lost_node_is_transient(int number)
    {
        await using var store = new SqliteUnderTest();
        await using var shards = await ShardsUnderTest.NewAsync(shared, 1);
        await using var proxy = MySqlFaultProxy.Start("127.0.0.1", shared.Server.Port);
        await shards.InsertAsync([Event(1, 5)]);
        proxy.OnCommand = command =>
            IsSum(command.Text) ? ProxyFault.Error(number, "HY000", "The node is down") : ProxyFault.None;
        await using var scenario = await StartAsync(store, [shards.Databases[0].Through(proxy)]);

        (await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<MySqlStoreException>())
            .WithMessage("*The node is down. A server on which this one keeps rows of the table is down or unreachable*")
            .Which.IsTransient.Should().BeTrue();
        proxy.OnCommand = null;
        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(5);
    }

    [Fact]
    public async Task A_run_whose_slices_were_planned_by_another_key_is_planned_anew()
    {
        await using var store = new SqliteUnderTest();
        await using var shards = await ShardsUnderTest.NewAsync(shared, 1);
        await using var proxy = MySqlFaultProxy.Start("127.0.0.1", shared.Server.Port);
        await shards.InsertAsync([.. Enumerable.Range(1, 40).Select(i => Event(i, i))]);
        string[] servers = [shards.Databases[0].Through(proxy)];
        var sums = 0;
        proxy.OnCommand = command => IsSum(command.Text) && Interlocked.Increment(ref sums) > 2 ? ProxyFault.CutBefore : ProxyFault.None;
        await using (var stopped = await StartAsync(store, servers, chunkRows: 5, key: "id"))
            await stopped.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<MySqlStoreException>();
        proxy.OnCommand = null;

        await using var scenario = await StartAsync(store, servers, o => o.SumPlan = SumPlan.ServerGroupBy, chunkRows: 5, key: "id");
        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(40 * 41 / 2);
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("plays")]
    public async Task A_server_that_is_configured_twice_is_refused(string? name)
    {
        await using var store = new SqliteUnderTest();
        await using var shards = await ShardsUnderTest.NewAsync(shared, 1);
        var server = shards.Databases[0].ConnectionString;

        var start = () => StartAsync(store, [server, server + ";Connection Timeout=7"], o => o.Name = name);

        (await start.Should().ThrowAsync<Exception>()).WithMessage(
            "*'plays'*127.0.0.1:*configured 2 times*count as often*Name each server once*");
    }

    [Fact]
    public async Task A_server_of_two_sources_for_one_meter_is_refused()
    {
        await using var store = new SqliteUnderTest();
        await using var shards = await ShardsUnderTest.NewAsync(shared, 2);
        string[] servers = [.. shards.Databases.Select(d => d.ConnectionString)];
        await using var scenario = await Scenario.StartAsync(store, s => Rates(s)
            .Source("plays", p =>
                ShardsUnderTest.Columns(p).OnMySqlServer(servers).CountedFrom(Scenario.Monday).Sums("video.view", "quantity"))
            .Source("again", p =>
                ShardsUnderTest.Columns(p).OnMySqlServer(servers[1]).CountedFrom(Scenario.Monday).Sums("video.view", "quantity")));

        await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<CloseRefusedException>()
            .WithMessage("*'plays' and 'again' count table 127.0.0.1:*usage_rows for meter 'video.view'*");
    }

    [Fact]
    public async Task Wrong_credentials_are_named_without_the_password()
    {
        await using var store = new SqliteUnderTest();
        await using var shards = await ShardsUnderTest.NewAsync(shared, 1);
        var server = new MySqlConnectionStringBuilder(shards.Databases[0].ConnectionString) { UserID = "nobody", Password = "secret-7" };
        await using var scenario = await StartAsync(store, [server.ConnectionString]);

        var error = (await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<MySqlStoreException>())
            .WithMessage("*127.0.0.1:*nobody*user's name and password*").Which;

        error.IsTransient.Should().BeFalse();
        error.ToString().Should().NotContain("secret-7");
    }

    [Theory]
    [InlineData(SumPlan.Stream)]
    [InlineData(SumPlan.ServerGroupBy)]
    public async Task A_user_with_only_SELECT_suffices(SumPlan plan)
    {
        await using var store = new SqliteUnderTest();
        await using var shards = await ShardsUnderTest.NewAsync(shared, 1);
        await shards.InsertAsync([Event(1, 5)]);
        var server = new MySqlConnectionStringBuilder(shards.Databases[0].ConnectionString);
        var user = $"reader_{server.Database}_{plan}".ToLowerInvariant();
        await shards.Databases[0].ExecuteAsync(
            $"CREATE USER '{user}'@'127.0.0.1' IDENTIFIED BY 'r'; GRANT SELECT ON `{server.Database}`.usage_rows TO '{user}'@'127.0.0.1'");
        (server.UserID, server.Password) = (user, "r");
        await using var scenario = await StartAsync(store, [server.ConnectionString], o => o.SumPlan = plan);

        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(5);
        await shards.Databases[0].ExecuteAsync($"DROP USER '{user}'@'127.0.0.1'");
    }

    [Fact]
    public async Task A_named_server_can_move_to_another_address()
    {
        await using var store = new SqliteUnderTest();
        await using var shards = await ShardsUnderTest.NewAsync(shared, 1);
        await using var proxy = MySqlFaultProxy.Start("127.0.0.1", shared.Server.Port);
        await shards.InsertAsync([Event(1, 5)]);
        await using (var before = await StartAsync(store, [shards.Databases[0].ConnectionString], o => o.Name = "shard"))
            await before.CloseAsync(Scenario.Monday);
        await shards.InsertAsync([Event(2, 7)]);

        await using var moved = await StartAsync(store, [shards.Databases[0].Through(proxy)], o => o.Name = "shard");
        var report = await moved.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Scenario.Monday));

        report.Findings.Should().ContainSingle().Which.Quantity.Should().Be(7);
        (await store.CountAsync("SELECT count(*) FROM recorded_sources WHERE source = 'plays'")).Should().Be(1);
    }

    [Fact]
    public async Task A_server_without_a_name_that_moves_changes_the_definition()
    {
        await using var store = new SqliteUnderTest();
        await using var shards = await ShardsUnderTest.NewAsync(shared, 1);
        await using var proxy = MySqlFaultProxy.Start("127.0.0.1", shared.Server.Port);
        await shards.InsertAsync([Event(1, 5)]);
        await using (var before = await StartAsync(store, [shards.Databases[0].ConnectionString]))
            await before.CloseAsync(Scenario.Monday);

        await using var moved = await StartAsync(store, [shards.Databases[0].Through(proxy)]);

        await moved.Invoking(m => m.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Scenario.Monday)))
            .Should().ThrowAsync<Exception>().WithMessage("*closed with source 'plays' defined as*");
    }

    /// <summary>What an engine that only speaks the protocol has to execute.</summary>
    [Fact]
    public async Task The_portable_plan_sends_neither_hints_nor_EXPLAIN_nor_uncommon_variables()
    {
        await using var store = new SqliteUnderTest();
        await using var shards = await ShardsUnderTest.NewAsync(shared, 1);
        await using var proxy = MySqlFaultProxy.Start("127.0.0.1", shared.Server.Port);
        await shards.InsertAsync([.. Enumerable.Range(1, 40).Select(i => Event(i, i))]);
        var sent = new ConcurrentQueue<string>();
        proxy.OnCommand = command =>
        {
            sent.Enqueue(command.Text);
            return ProxyFault.None;
        };
        await using var scenario = await StartAsync(
            store, [shards.Databases[0].Through(proxy)], o => o.SumPlan = SumPlan.ServerGroupBy, chunkRows: 5, key: "id");

        await scenario.CloseAsync(Scenario.Monday);
        await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Scenario.Monday));

        sent.Where(s => IsSum(s)).Should().HaveCountGreaterThan(6);
        foreach (var statement in sent)
            NotPortable().IsMatch(statement).Should().BeFalse(statement);
        Variables().Matches(string.Join('\n', sent)).Select(m => m.Groups[1].Value).Distinct()
            .Should().BeSubsetOf(["time_zone", "sql_mode", "autocommit", "sql_select_limit"]);
        sent.Should().NotContain(s => KeyBounds().IsMatch(s), "rows are divided by the instant alone");
    }

    internal static bool IsSum(string sql) => sql.StartsWith("SELECT CAST(`item_id` AS BINARY)", StringComparison.Ordinal);

    internal static Task<Scenario> StartAsync(
        StoreUnderTest store, string[] servers, Action<MySqlSourceOptions>? options = null, int chunkRows = 4_000_000,
        params string[] key) => Scenario.StartAsync(store, s => Rates(s).StartsOn(Scenario.Monday)
            .Configure(o => (o.ChunkRowsMax, o.Pipeline.RetriesMax) = (chunkRows, 1))
            .Source("plays", plays => ShardsUnderTest.Columns(plays).Key(key).CountedFrom(Scenario.Monday)
                .Sums("video.view", "quantity").OnMySqlServer(o =>
                {
                    foreach (var server in servers)
                        o.ConnectionStrings.Add(server);
                    options?.Invoke(o);
                })));

    private static UsageEvent Event(int id, long quantity) =>
        Scenario.Event(id, Scenario.Monday, quantity, $"v{id % 3}", hour: id % 24);

    internal static SettlementBuilder Rates(SettlementBuilder settlement) =>
        settlement.Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m));

    [GeneratedRegex(@"FORCE INDEX|EXPLAIN|SHOW INDEX|STRAIGHT_JOIN|SET SESSION|READ ONLY|SQL_\w+_RESULT|@@", RegexOptions.IgnoreCase)]
    private static partial Regex NotPortable();

    [GeneratedRegex("(?:WHERE|ORDER BY).*`id`")]
    private static partial Regex KeyBounds();

    [GeneratedRegex(@"(?:\bSET |, )([a-z_]+) = (?=['\d])")]
    private static partial Regex Variables();
}
