using System.Collections.Concurrent;
using Settlements.Pipelines;
using Settlements.Testing;

namespace Settlements.MySql.Tests;

/// <summary>
/// What a close costs, in exact numbers of commands and rows, which no other work on the machine changes. A higher number is a regression
/// that no timing shows; a lower one belongs into these tests.
/// </summary>
public sealed class CloseCostTests(SharedServer shared)
{
    private const int Items = 3_000;
    private const int Segments = 200;

    private static readonly DateOnly Tuesday = Scenario.Monday.AddDays(1);

    [Theory]
    [InlineData(25_000)]
    [InlineData(60_000)]
    public async Task A_close_sends_the_same_commands_for_any_number_of_events(int events)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var proxy = MySqlFaultProxy.Start("127.0.0.1", shared.Server.Port);
        await using var scenario = await StartAsync(store, store.Through(proxy), events);
        await scenario.CloseAsync(Scenario.Monday);
        var commands = new ConcurrentQueue<string>();
        proxy.OnCommand = command =>
        {
            commands.Enqueue(command.Text);
            return ProxyFault.None;
        };

        await scenario.CloseAsync(Tuesday);
        proxy.OnCommand = null;

        commands.CountBy(Kind).Should().BeEquivalentTo(new Dictionary<string, int>
        {
            ["reads of events"] = 1, ["other reads"] = 93, ["writes"] = 26, ["transactions"] = 15, ["commits"] = 15,
            ["settings of sessions"] = 115,
            ["locks of writers"] = 1, ["limit of values"] = 1,
        });
    }

    [Fact]
    public async Task A_close_writes_two_rows_for_each_line()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await StartAsync(store, store.ConnectionString, 10_000);
        await store.ExecuteAsync("SET GLOBAL userstat = 1");
        await scenario.CloseAsync(Scenario.Monday);

        var written = await store.ReadAsync(
            """
            SELECT concat(table_name, ' ', rows_changed) FROM information_schema.table_statistics
            WHERE table_schema = DATABASE() AND rows_changed > 20 ORDER BY table_name
            """);

        // The segments of the partial sums are deleted again; rankings are the first 100 of day, week and month.
        written.Should().Equal(
            $"item_counters {Items}", $"partial_sums {2 * Segments}", $"rankings {3 * 100}", $"settlement_lines {Items}");
    }

    private static async Task<Scenario> StartAsync(MySqlUnderTest store, string connectionString, int events)
    {
        var scenario = await Scenario.StartAsync(store, use: s => s
            .UseMySql(new MySqlStoreOptions { ConnectionString = connectionString })
            .Configure(o => o.Pipeline = new PipelineOptions { Workers = 1 }));
        await store.FixStatisticsAsync("usage_events");
        await store.ExecuteAsync(
            $"""
            INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity)
            SELECT '2024-06-30 15:00:00' + INTERVAL seq * {172_800_000_000L / (2 * events)} MICROSECOND, UNHEX(MD5(seq)), 'video.view',
                CONCAT('v', seq % {Items}), CONCAT('p', seq % 100), 1
            FROM seq_0_to_{2 * events - 1}
            """);
        await store.ExecuteAsync("ANALYZE TABLE usage_events");
        return scenario;
    }

    /// <summary>Returns the kind of a command. Several statements in one command are one round trip.</summary>
    private static string Kind(string command) => command.TrimStart().Split(' ', 4) switch
    {
        ["SET", "NAMES", ..] or ["set", "session", "transaction", ..] => "settings of sessions",
        ["start", ..] => "transactions",
        ["commit", ..] => "commits",
        ["SET", "SESSION", "group_concat_max_len", ..] => "limit of values",
        ["SET", "SESSION", "innodb_lock_wait_timeout", ..] => "locks of writers",
        ["SELECT", "count(*),", ..] when command.Contains("FROM usage_events", StringComparison.Ordinal) => "reads of events",
        ["SELECT" or "SHOW" or "EXPLAIN", ..] => "other reads",
        _ => "writes",
    };
}
