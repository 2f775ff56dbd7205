using System.Data.Common;
using System.Diagnostics;
using Settlements.MySql;
using Settlements.Routing;
using Settlements.TestServers;

namespace Settlements.Benchmarks;

/// <summary>
/// Measures the time without a writable primary after the primary is killed and a replica promoted, including the promotion.
/// </summary>
internal static class RoutingFailover
{
    public static async Task MeasureAsync(ReplicaSet set, ReplicaSetUser user, int rounds, FigureTable figures)
    {
        var options = RoutingComparison.Options(set, user);
        await using var router = await RoutingComparison.StartAsync(options);
        var (times, promotions) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            await WriteAsync(router);
            // At a random time within the period of the probes.
            await Task.Delay(options.Routing.ProbePeriod * Random.Shared.NextDouble());
            var old = set.Primary;
            var began = Stopwatch.GetTimestamp();
            old.Kill();
            await set.PromoteAsync(set.Replicas[0]);
            promotions.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            while (!await WriteAsync(router))
                await Task.Delay(5);
            times.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            await old.RestartAsync();
            await set.RejoinAsync(old);
            for (var i = 0; i < 2000 && router.Servers.Any(h => h.State != ServerState.Up); i++)
                await Task.Delay(10);
        }

        figures.AtMost(
            "from a primary's death to a write on the promoted one, longest", 2, times.Max() / options.Routing.ProbePeriod.TotalSeconds,
            "probe periods");
        figures.Note("the same, median", RoutingComparison.Median(times), "s");
        figures.Note("of it the promotion, median", RoutingComparison.Median(promotions), "s");
    }

    private static async Task<bool> WriteAsync(MySqlMultiHostDataSource router)
    {
        try
        {
            await using var connection = await router.OpenConnectionAsync(DatabaseAccess.Write);
            await RoutingComparison.ScalarAsync(connection, "UPDATE counters SET n = n + 1 WHERE id = 1");
            return true;
        }
        catch (DbException)
        {
            return false;
        }
    }
}
