using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql.Routing.Tests;

/// <summary>
/// A planned switchover under concurrent writes: every acknowledged write is stored exactly once on every server, and no replica executed a
/// write.
/// </summary>
public sealed class SwitchoverTests(ServersUnderTest servers, ITestOutputHelper output) : IClassFixture<ServersUnderTest>
{
    [Fact]
    public async Task A_switchover_loses_no_acknowledged_write_and_no_replica_executes_one()
    {
        await using var router = await servers.StartAsync();
        await using (var connection = await router.OpenConnectionAsync(DatabaseAccess.Write))
            await ServersUnderTest.ExecuteAsync(connection, "CREATE TABLE written (id BIGINT PRIMARY KEY, server INT NOT NULL)");
        using var stop = new CancellationTokenSource();
        var acknowledged = new ConcurrentBag<long>();
        var errors = new ConcurrentBag<(long From, long To, Exception Error)>();
        var ids = 0L;
        var writers = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var id = Interlocked.Increment(ref ids);
                var from = Stopwatch.GetTimestamp();
                try
                {
                    await using var connection = await router.OpenConnectionAsync(DatabaseAccess.Write);
                    await ServersUnderTest.ExecuteAsync(connection, $"INSERT INTO written VALUES ({id}, @@server_id)");
                    acknowledged.Add(id);
                }
                catch (DbException e)
                {
                    errors.Add((from, Stopwatch.GetTimestamp(), e));
                    await Task.Delay(2);
                }
            }
        })).ToList();

        await ReachedAsync(acknowledged, 500);
        var began = Stopwatch.GetTimestamp();
        await servers.Set.SwitchoverAsync(servers.Set.Servers[1]);
        var promoted = Stopwatch.GetTimestamp();
        await ServersUnderTest.UntilAsync(router, all => all[1].Role == ServerRole.Primary && all[0].Role == ServerRole.Replica);
        var seen = Stopwatch.GetTimestamp();
        await ReachedAsync(acknowledged, acknowledged.Count + 500);
        await stop.CancelAsync();
        await Task.WhenAll(writers);
        await servers.Set.WaitForAllAsync();

        output.WriteLine($"{acknowledged.Count} writes acknowledged, {errors.Count} errors; "
            + $"{Stopwatch.GetElapsedTime(began, promoted).TotalMilliseconds:0} ms to switch, "
            + $"{Stopwatch.GetElapsedTime(promoted, seen).TotalMilliseconds:0} ms more until it was seen.");
        errors.Should().OnlyContain(e => e.To >= began && e.From <= seen, "only writes that overlap the switch fail");
        errors.Should().OnlyContain(
            e => e.Error is RoutingException || ((MySqlException)e.Error).Number == 1290,
            "the only errors are refusals of a read-only server and routing errors");
        var rows = await Task.WhenAll(servers.Set.Servers.Select(s => s.ReadAsync(
            "SELECT concat(count(*), ' ', sum(id), ' ', group_concat(DISTINCT server ORDER BY server)) FROM shop.written")));
        rows.Distinct().Should().ContainSingle().Which.Should().Be($"{acknowledged.Count} {acknowledged.Sum()} 1,2");
        await Task.WhenAll(servers.Set.Servers.Select(s => s.ReadAsync("SELECT @@gtid_binlog_pos"))).ContinueWith(
            positions => positions.Result.Distinct()
                .Should().ContainSingle("a write executed on a replica would be only in its binary log"), TaskScheduler.Default);
    }

    private static async Task ReachedAsync(ConcurrentBag<long> acknowledged, int count)
    {
        for (var i = 0; acknowledged.Count < count; i++)
        {
            if (i > 18_000)
                throw new TimeoutException($"{acknowledged.Count} of {count} writes were acknowledged.");
            await Task.Delay(10);
        }
    }
}
