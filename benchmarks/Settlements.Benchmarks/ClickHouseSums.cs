using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;
using Settlements.TestServers;

namespace Settlements.Benchmarks;

/// <summary>
/// Reads the sums of a day from a ClickHouse cluster of two shards that it starts: our processor time, and the wall time with the servers'.
/// </summary>
internal static class ClickHouseSums
{
    private const double SecondsMax = 0.3;

    private static readonly DateOnly Day = new(2024, 7, 1);

    public static async Task<int> RunAsync(int rows, int items, int rounds)
    {
        await using var cluster = await ClickHouseCluster.StartAsync();
        const string Columns = "id UInt64, at DateTime, video_id String, owner_id String, watched_ms Int64";
        await cluster.ExecuteOnAllAsync($"CREATE TABLE plays ({Columns}) ENGINE = MergeTree ORDER BY at");
        await cluster.ExecuteAsync(
            $"CREATE TABLE plays_all ({Columns}) ENGINE = Distributed({ClickHouseCluster.Name}, default, plays, id)");
        await cluster.ExecuteAsync(FormattableString.Invariant(
            $"INSERT INTO plays_all SELECT number, toDateTime(1719759600) + number % 86400, concat('video-', toString(number % {items})), ")
            + FormattableString.Invariant($"concat('owner-', toString(number % {items} % 5000)), number FROM system.numbers LIMIT {rows}"));

        var errors = new List<string>();
        var table = new UsageTableBuilder("plays").Table("plays_all").OccurredAt("at").Item("video_id").Payee("owner_id")
            .Sums("video.ms", "watched_ms").OnClickHouse(o => o.Endpoint = cluster.Endpoint).Build(errors)
            ?? throw new InvalidOperationException(string.Join(' ', errors));
        await using var services = new ServiceCollection().BuildServiceProvider();
        var source = table.Reader!.Create(table, services);
        using var disposed = source as IDisposable;
        var day = new SourceDay(Day, new RecordedCalendar(new BusinessCalendar("Asia/Seoul"), []), source.Meters);

        List<(double Processor, double Wall)> measured = [];
        var totals = new SumAccumulator();
        var groups = 0;
        for (var round = 0; round <= rounds; round++)
        {
            totals.Clear();
            using var process = Process.GetCurrentProcess();
            var (before, start) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
            var slices = await source.SliceAsync(day, 4_000_000, CancellationToken.None);
            foreach (var slice in slices)
                await source.SumAsync(day, slice, totals, CancellationToken.None);
            process.Refresh();
            groups = totals.Count;

            // The first round compiles and connects.
            if (round > 0)
                measured.Add(((process.TotalProcessorTime - before).TotalSeconds, Stopwatch.GetElapsedTime(start).TotalSeconds));
        }

        var clock = Stopwatch.StartNew();
        await cluster.ExecuteAsync(
            "SELECT count() FROM (SELECT video_id, owner_id, count(), sum(watched_ms) FROM plays_all GROUP BY video_id, owner_id)");
        var engine = clock.Elapsed.TotalSeconds;
        var figures = new FigureTable();
        figures.Note("sums of items and payees", groups, "groups");
        figures.AtMost("our processor time, median", SecondsMax, Median(measured.Select(m => m.Processor)), "s");
        figures.Note("wall time with the servers', median", Median(measured.Select(m => m.Wall)), "s");
        figures.Note("the same GROUP BY within the servers", engine, "s");
        figures.Print();
        return figures.IsMet ? 0 : 1;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToList() is var ordered ? ordered[ordered.Count / 2] : 0;
}
