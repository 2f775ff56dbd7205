using System.Diagnostics;
using MySqlConnector;
using Settlements.Routing;
using Settlements.TestServers;

namespace Settlements.Benchmarks;

/// <summary>
/// Measures the overhead of the router when opening a pooled connection: once without the reset of the connection, a round trip that hides
/// the overhead, and once as usual. Without network the processor time is measured, alternating in short intervals, so that other work on
/// the machine affects both sides equally.
/// </summary>
internal static class RoutingOpens
{
    private const int Turns = 40;
    private const int Opens = 2_000;
    private const int OpensWithReset = 40;

    public static async Task MeasureAsync(ReplicaSet set, ReplicaSetUser user, int rounds, FigureTable figures)
    {
        await CompareAsync(set, user, rounds, figures, isReset: false, Opens);
        await CompareAsync(set, user, rounds, figures, isReset: true, OpensWithReset);
    }

    private static async Task CompareAsync(ReplicaSet set, ReplicaSetUser user, int rounds, FigureTable figures, bool isReset, int opens)
    {
        var words = isReset ? "with the reset of a pooled connection" : "without network";
        await using var router = await RoutingComparison.StartAsync(RoutingComparison.Options(set, user) with { IsReset = isReset });
        await using var direct = new MySqlDataSourceBuilder(
            $"{RoutingComparison.Settings(user)};Server=127.0.0.1;Port={set.Primary.Port};Connection Reset={isReset}")
            .UseConnectionOpenedCallback(static (_, _) => default).Build();
        await using var directReads = new MySqlDataSourceBuilder(
            $"{RoutingComparison.Settings(user)};Server=127.0.0.1;Port={set.Servers[1].Port};Connection Reset={isReset}")
            .UseConnectionOpenedCallback(static async (context, cancellationToken) =>
            {
                if (context.Conditions == MySqlConnectionOpenedConditions.None)
                    return;
                await using var command = new MySqlCommand("SET SESSION TRANSACTION READ ONLY", context.Connection);
                await command.ExecuteNonQueryAsync(cancellationToken);
            }).Build();

        var driver = new Opening(() => direct.OpenConnectionAsync());
        var writes = new Opening(() => router.OpenConnectionAsync(DatabaseAccess.Write));
        var driverReads = new Opening(() => directReads.OpenConnectionAsync());
        var reads = new Opening(() => router.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Eventual));
        Opening[] all = [driver, writes, driverReads, reads];
        for (var round = -1; round < rounds; round++)
        {
            for (var turn = 0; turn < Turns; turn++)
            {
                foreach (var opening in all)
                    await opening.TurnAsync(opens, isReset);
            }

            foreach (var opening in all)
                opening.EndRound(opens * Turns, isKept: round >= 0); // the first round warms up and fills the pools
        }

        var (own, ownRead) = (Difference(writes.Times, driver.Times), Difference(reads.Times, driverReads.Times));
        if (!isReset)
        {
            figures.AtMost($"open for writing {words}: the router's own", 300, own, "ns");
            figures.AtMost($"open for writing {words}: allocated beyond the driver's", 0, Difference(writes.Bytes, driver.Bytes), "bytes");
            figures.AtMost($"open for reading {words}: the router's own", 300, ownRead, "ns");
            figures.AtMost(
                $"open for reading {words}: allocated beyond the driver's", 0, Difference(reads.Bytes, driverReads.Bytes), "bytes");
        }

        figures.Note($"open for writing {words}: the driver's data source", RoutingComparison.Median(driver.Times), "ns");
        figures.Note($"open for writing {words}: the router", RoutingComparison.Median(writes.Times), "ns");
        figures.Note(
            $"open for reading {words}: the driver's data source, made read-only", RoutingComparison.Median(driverReads.Times), "ns");
        figures.Note($"open for reading {words}: the router", RoutingComparison.Median(reads.Times), "ns");
    }

    /// <summary>Returns the median difference of adjacent rounds.</summary>
    private static double Difference(List<double> one, List<double> other) =>
        RoutingComparison.Median([.. one.Zip(other, (a, b) => a - b)]);

    private sealed class Opening(Func<ValueTask<MySqlConnection>> open)
    {
        private TimeSpan _time;
        private long _bytes;

        /// <summary>Nanoseconds per open, by round.</summary>
        public List<double> Times { get; } = [];

        /// <summary>Allocated bytes per open, by round.</summary>
        public List<double> Bytes { get; } = [];

        public async Task TurnAsync(int opens, bool isNetwork)
        {
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            var processor = Environment.CpuUsage.TotalTime;
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < opens; i++)
            {
                var connection = await open();
                await connection.DisposeAsync();
            }

            _time += isNetwork ? Stopwatch.GetElapsedTime(began) : Environment.CpuUsage.TotalTime - processor;
            _bytes += GC.GetTotalAllocatedBytes(precise: true) - allocated;
        }

        public void EndRound(int opens, bool isKept)
        {
            if (isKept)
            {
                Times.Add(_time.TotalNanoseconds / opens);
                Bytes.Add(Math.Round(_bytes / (double)opens));
            }

            (_time, _bytes) = (TimeSpan.Zero, 0);
        }
    }
}
