using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql.Routing.Tests;

/// <summary>An orderly switchover while writers write: what was acknowledged is there, once, on every server, and was written on none but the primary.</summary>
public sealed class SwitchoverTests(HostsUnderTest hosts, ITestOutputHelper output) : IClassFixture<HostsUnderTest>
{
    [Fact]
    public async Task No_acknowledged_write_is_lost_and_none_is_done_on_a_replica()
    {
        await using var router = await hosts.StartAsync();
        await using (var connection = await router.OpenConnectionAsync(DatabaseAccess.Write))
            await HostsUnderTest.ExecuteAsync(connection, "CREATE TABLE written (id BIGINT PRIMARY KEY, server INT NOT NULL)");
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
                    await HostsUnderTest.ExecuteAsync(connection, $"INSERT INTO written VALUES ({id}, @@server_id)");
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
        await hosts.Set.SwitchoverAsync(hosts.Set.Servers[1]);
        var promoted = Stopwatch.GetTimestamp();
        await HostsUnderTest.UntilAsync(router, all => all[1].Role == ServerRole.Primary && all[0].Role == ServerRole.Replica);
        var seen = Stopwatch.GetTimestamp();
        await ReachedAsync(acknowledged, acknowledged.Count + 500);
        await stop.CancelAsync();
        await Task.WhenAll(writers);
        await hosts.Set.WaitForAllAsync();

        output.WriteLine($"{acknowledged.Count} writes acknowledged, {errors.Count} errors; {Stopwatch.GetElapsedTime(began, promoted).TotalMilliseconds:0} ms to switch, "
            + $"{Stopwatch.GetElapsedTime(promoted, seen).TotalMilliseconds:0} ms more until it was seen.");
        errors.Should().OnlyContain(e => e.To >= began && e.From <= seen, "only writes that overlap the switch fail");
        errors.Should().OnlyContain(e => e.Error is RoutingException || ((MySqlException)e.Error).Number == 1290, "a server refuses, or none takes writes");
        var rows = await Task.WhenAll(hosts.Set.Servers.Select(s => s.ReadAsync("SELECT concat(count(*), ' ', sum(id), ' ', group_concat(DISTINCT server ORDER BY server)) FROM shop.written")));
        rows.Distinct().Should().ContainSingle().Which.Should().Be($"{acknowledged.Count} {acknowledged.Sum()} 1,2");
        await Task.WhenAll(hosts.Set.Servers.Select(s => s.ReadAsync("SELECT @@gtid_binlog_pos"))).ContinueWith(
            positions => positions.Result.Distinct().Should().ContainSingle("a write on a replica would be in its log alone"), TaskScheduler.Default);
    }

    private static async Task ReachedAsync(ConcurrentBag<long> acknowledged, int count)
    {
        for (var i = 0; acknowledged.Count < count; i++)
        {
            if (i > 18_000)
                throw new TimeoutException($"{acknowledged.Count} of {count} writes came through.");
            await Task.Delay(10);
        }
    }
}
