using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Settlements.Benchmarks;

/// <summary>
/// Compares a reconciliation of closed, unchanged days with one that sums all of them again: of Parquet files, one for each day, and of the
/// library's event table on SQLite and on a MariaDB server that it starts.
/// </summary>
internal sealed class ReconcileComparison(int days, int events, int items, int rounds)
{
    private const double FilesPercentMax = 5;

    private const double TablePercentMax = 50;

    private readonly FigureTable _figures = new();

    /// <summary>Runs and prints the comparison.</summary>
    /// <param name="only">files, sqlite or mysql; empty for all.</param>
    /// <returns>The exit code: 1 if a target is missed, 2 for invalid arguments.</returns>
    public async Task<int> RunAsync(string only)
    {
        if (only is not ("" or "files" or "sqlite" or "mysql") || days < 1 || events < 1 || items < 1 || rounds < 1)
        {
            await Console.Error.WriteLineAsync(
                "--only takes files, sqlite or mysql; --days, --events, --items and --rounds are at least 1.");
            return 2;
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{days} days of {events:N0} events, {items:N0} items, {Environment.ProcessorCount} cores"));
        var folder = Directory.CreateTempSubdirectory("settlement-benchmark-").FullName;
        try
        {
            if (only is "" or "files")
                await MeasureFilesAsync(folder);
            if (only is "" or "sqlite")
            {
                await MeasureTableAsync(
                    "SQLite", s => s.UseSqlite($"Data Source={Path.Combine(folder, "table.db")}"), null, () => Task.CompletedTask);
            }

            if (only is "" or "mysql")
            {
                await using var server = await MySqlBenchmarkServer.StartAsync();
                Console.WriteLine(await server.DescribeAsync());
                await MeasureTableAsync("MariaDB", s => s.UseMySql(server.ConnectionString), server.ProcessId, server.SettleAsync);
            }

            _figures.Print();
            return _figures.IsMet ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Task MeasureFilesAsync(string folder)
    {
        for (var day = 0; day < days; day++)
            WriteDay(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"day{day:00}.parquet")), day);
        return MeasureAsync(
            "Parquet files", FilesPercentMax, null, () => Task.CompletedTask, _ => Task.CompletedTask,
            s => s.UseSqlite($"Data Source={Path.Combine(folder, "files.db")}")
                .Source("plays", plays => plays.OnDuckDb(files => files.Parquet(Path.Combine(folder, "*.parquet")))
                    .OccurredAt("started_at").Item("video_id").Payee("owner_id").Sums(MySqlWorkload.Meter, "watched")
                    .CountedFrom(Workload.FirstDay))
                .StartsOn(Workload.FirstDay));
    }

    private Task MeasureTableAsync(string store, Action<SettlementBuilder> use, int? serverId, Func<Task> settleAsync) => MeasureAsync(
        $"event table on {store}", TablePercentMax, serverId, settleAsync,
        async engine =>
        {
            for (var day = 0; day < days; day++)
                await engine.Events.LoadAsync(new MySqlWorkload(day, events, items).EnumerateAsync());
        },
        use);

    private async Task MeasureAsync(
        string name, double percentMax, int? serverId, Func<Task> settleAsync, Func<SettlementEngine, Task> loadAsync,
        Action<SettlementBuilder> use)
    {
        var closed = new DateRange(Workload.FirstDay, Workload.FirstDay.AddDays(days - 1));
        await using var services = Services(use);
        var engine = services.GetRequiredService<SettlementEngine>();
        await engine.Schema.ApplyAsync();
        await loadAsync(engine);
        await engine.Days.CloseThroughAsync(closed.Last);
        await settleAsync();

        // The first one records the states; it also compiles the code.
        await TimeAsync($"{name}, the first", serverId, () => ReconcileAsync(engine, closed, isFull: false));
        List<(double Seconds, double Processor)> full = [], unchanged = [];
        for (var round = 0; round < rounds; round++)
        {
            full.Add(await TimeAsync($"{name}, all days summed", serverId, () => ReconcileAsync(engine, closed, isFull: true)));
            unchanged.Add(await TimeAsync($"{name}, unchanged", serverId, () => ReconcileAsync(engine, closed, isFull: false)));
        }

        var what = $"{name}, unchanged days against all days summed";
        _figures.AtMost($"{what}: elapsed time", percentMax, 100 * Median(unchanged, r => r.Seconds) / Median(full, r => r.Seconds), "%");
        _figures.AtMost(
            $"{what}: processor time", percentMax, 100 * Median(unchanged, r => r.Processor) / Median(full, r => r.Processor), "%");
    }

    private static async Task ReconcileAsync(SettlementEngine engine, DateRange closed, bool isFull)
    {
        var report = await engine.Reconciler.ReconcileAsync(closed, new ReconcileOptions { Full = isFull });
        if (report.Days != closed.Days || report.Findings.Count > 0)
            throw new InvalidOperationException("A day is missing, or has a difference.");
    }

    private static async Task<(double Seconds, double Processor)> TimeAsync(string name, int? serverId, Func<Task> work)
    {
        var (before, watch) = (ProcessorSeconds(serverId), Stopwatch.StartNew());
        await work();
        var (seconds, processor) = (watch.Elapsed.TotalSeconds, ProcessorSeconds(serverId) - before);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  {name,-42} {seconds,8:0.000} s, processor time of client and server {processor,7:0.000} s"));
        return (seconds, processor);
    }

    private static double ProcessorSeconds(int? serverId) =>
        Environment.CpuUsage.TotalTime.TotalSeconds + (serverId is { } id ? CloseRevision.ProcessorSeconds(id) : 0);

    private static double Median(List<(double Seconds, double Processor)> runs, Func<(double Seconds, double Processor), double> figure) =>
        runs.Select(figure).Order().ElementAt(runs.Count / 2);

    private void WriteDay(string file, int day)
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            COPY (SELECT TIMESTAMP '2024-06-30 15:00:00' + INTERVAL {day} DAY
                    + INTERVAL (i * 86400000000 // {events}) MICROSECOND AS started_at,
                'v' || lpad(CAST(item AS VARCHAR), 9, '0') AS video_id,
                'creator-' || lpad(CAST(item % {Math.Max(1, items / 5)} AS VARCHAR), 6, '0') AS owner_id, watched
                FROM (SELECT i, hash(i + {day}) % {items} AS item, CAST(1 + hash(i * 7) % 600 AS INTEGER) AS watched
                    FROM range({events}) t(i)))
            TO '{file}' (FORMAT parquet)
            """);
        command.ExecuteNonQuery();
    }

    private static ServiceProvider Services(Action<SettlementBuilder> use) => new ServiceCollection()
        .AddSettlement(settlement =>
        {
            use(settlement);
            settlement.Calendar("Asia/Seoul").Rates(MySqlWorkload.Meter, rates => rates.Graduated(
                "2024-01", new DateOnly(2024, 1, 1), Currency.KRW, [(99_999, 1m), (499_999, 1.1m), (999_999, 1.3m), (null, 1.5m)]));
        })
        .BuildServiceProvider();
}
