using System.Diagnostics;
using MySqlConnector;
using Settlement.Routing;
using Settlement.TestServers;

namespace Settlement.Benchmarks;

/// <summary>
/// What the router adds to an open from the pool. Once without the reset of a pooled connection, which is a round trip and hides all else: the
/// difference is the router's own; and once as it is used.
/// </summary>
internal static class RoutingOpens
{
    private const int Opens = 20_000;
    private const int OpensWithReset = 2_000;

    public static async Task MeasureAsync(ReplicaSet set, ReplicaSetUser user, int rounds, FigureTable figures)
    {
        await CompareAsync(set, user, rounds, figures, isReset: false, Opens);
        await CompareAsync(set, user, rounds, figures, isReset: true, OpensWithReset);
    }

    private static async Task CompareAsync(ReplicaSet set, ReplicaSetUser user, int rounds, FigureTable figures, bool isReset, int opens)
    {
        var words = isReset ? "with the reset of a pooled connection" : "without network";
        await using var router = await RoutingComparison.StartAsync(RoutingComparison.Options(set, user) with { IsReset = isReset });
        await using var direct = new MySqlDataSourceBuilder($"{RoutingComparison.Settings(user)};Server=127.0.0.1;Port={set.Primary.Port};Connection Reset={isReset}")
            .UseConnectionOpenedCallback(static (_, _) => default).Build();
        await using var directReads = new MySqlDataSourceBuilder($"{RoutingComparison.Settings(user)};Server=127.0.0.1;Port={set.Servers[1].Port};Connection Reset={isReset}")
            .UseConnectionOpenedCallback(static async (context, cancellationToken) =>
            {
                if (context.Conditions == MySqlConnectionOpenedConditions.None)
                    return;
                await using var command = new MySqlCommand("SET SESSION TRANSACTION READ ONLY", context.Connection);
                await command.ExecuteNonQueryAsync(cancellationToken);
            }).Build();

        var (directTime, directBytes) = (new List<double>(), new List<double>());
        var (writeTime, writeBytes) = (new List<double>(), new List<double>());
        var (readTime, readBytes) = (new List<double>(), new List<double>());
        var (directReadTime, directReadBytes) = (new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            await LoopAsync(() => direct.OpenConnectionAsync(), opens, round, directTime, directBytes);
            await LoopAsync(() => router.OpenConnectionAsync(Access.Write), opens, round, writeTime, writeBytes);
            await LoopAsync(() => directReads.OpenConnectionAsync(), opens, round, directReadTime, directReadBytes);
            await LoopAsync(() => router.OpenConnectionAsync(Access.Read, ReadConsistency.Eventual), opens, round, readTime, readBytes);
        }

        var (own, ownRead) = (Difference(writeTime, directTime), Difference(readTime, directReadTime));
        if (!isReset)
        {
            figures.AtMost($"open for writing {words}: the router's own", 300, own, "ns");
            figures.AtMost($"open for writing {words}: allocated beyond the driver's", 0, Difference(writeBytes, directBytes), "bytes");
            figures.AtMost($"open for reading {words}: the router's own", 300, ownRead, "ns");
            figures.AtMost($"open for reading {words}: allocated beyond the driver's", 0, Difference(readBytes, directReadBytes), "bytes");
        }

        figures.Note($"open for writing {words}: the driver's data source", RoutingComparison.Median(directTime), "ns");
        figures.Note($"open for writing {words}: the router", RoutingComparison.Median(writeTime), "ns");
        figures.Note($"open for reading {words}: the driver's data source, made read-only", RoutingComparison.Median(directReadTime), "ns");
        figures.Note($"open for reading {words}: the router", RoutingComparison.Median(readTime), "ns");
    }

    /// <summary>Of each pair of rounds, which stood beside each other.</summary>
    private static double Difference(List<double> one, List<double> other) => RoutingComparison.Median([.. one.Zip(other, (a, b) => a - b)]);

    private static async Task LoopAsync(Func<ValueTask<MySqlConnection>> open, int opens, int round, List<double> times, List<double> bytes)
    {
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < opens; i++)
        {
            var connection = await open();
            await connection.DisposeAsync();
        }

        var time = Stopwatch.GetElapsedTime(began).TotalNanoseconds / opens;
        if (round < 0)
            return; // warm, and the pool is filled
        times.Add(time);
        bytes.Add(Math.Round((GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)opens));
    }
}
