using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using DuckDB.NET.Data;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;

namespace Settlements.Benchmarks;

/// <summary>The measurement of work on files.</summary>
/// <param name="Seconds">Wall time, without the start of the process.</param>
/// <param name="ProcessorSeconds">Processor time of the same.</param>
/// <param name="PeakMiB">Peak resident memory of the process.</param>
/// <param name="Groups">The number of groups, or lines.</param>
/// <param name="Units">The sum of their quantities.</param>
/// <param name="Steps">Wall time of the steps of a close.</param>
internal sealed record FilesRun(
    double Seconds, double ProcessorSeconds, double PeakMiB, long Groups, long Units, IReadOnlyList<double> Steps);

/// <summary>Measured work on files, in a separate process.</summary>
internal static class FilesChild
{
    private static readonly DateOnly Day = new(2024, 7, 1);

    /// <summary>Runs the work in a process of its own.</summary>
    public static FilesRun Measure(string work, string file, string database)
    {
        using var process = BenchmarkProgram.Start("files-child", work, file, database);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"'{work}' failed with {process.ExitCode}: {output}");
        var figures = output.Trim().Split(' ').Select(f => double.Parse(f, CultureInfo.InvariantCulture)).ToArray();
        return new FilesRun(figures[0], figures[1], figures[2], (long)figures[3], (long)figures[4], figures[5..]);
    }

    public static async Task<int> RunAsync(string[] args)
    {
        var (file, database) = (args[1], args[2]);
        await using var services = Services(file, database);
        await services.GetRequiredService<SettlementEngine>().Schema.ApplyAsync();
        var before = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        var steps = new StepClock(watch);
        var (groups, units) = args[0] switch
        {
            "group-by" => GroupBy(file),
            "sum" => await SumAsync(services),
            _ => await CloseAsync(services, database, steps),
        };
        watch.Stop();
        var processor = Environment.CpuUsage.TotalTime - before;
        double[] figures =
            [watch.Elapsed.TotalSeconds, processor.TotalSeconds, ChildProcess.PeakMiB(), groups, units, .. steps.End()];
        Console.WriteLine(string.Join(' ', figures.Select(f => f.ToString(CultureInfo.InvariantCulture))));
        return 0;
    }

    /// <summary>The peer: DuckDB's own query, whose result is read by the driver.</summary>
    private static (long Groups, long Units) GroupBy(string file)
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.UseStreamingMode = true;
        command.CommandText = $"""
            SELECT CAST(video_id AS VARCHAR), owner_id, n, units
            FROM (SELECT video_id, owner_id, count(*) AS n, sum(watched) AS units FROM read_parquet('{file}') GROUP BY video_id, owner_id)
            """;
        using var reader = command.ExecuteReader();
        var (groups, units, length) = (0L, 0L, 0L);
        for (; reader.Read(); groups++)
        {
            length += reader.GetString(0).Length + reader.GetString(1).Length + reader.GetInt64(2);
            units += (long)reader.GetFieldValue<BigInteger>(3);
        }

        return length > 0 ? (groups, units) : (0, 0);
    }

    /// <summary>The step that sums, with the validation and the planning that precede it.</summary>
    private static async Task<(long Groups, long Units)> SumAsync(ServiceProvider services)
    {
        var source = services.GetRequiredService<UsageSources>().Configured[0];
        var day = new SourceDay(Day, new RecordedCalendar(new BusinessCalendar("Asia/Seoul"), []), source.Meters);
        var totals = new SumAccumulator();
        await source.ValidateAsync(default);
        foreach (var slice in await source.SliceAsync(day, 4_000_000, default))
            await source.SumAsync(day, slice, totals, default);
        return (totals.Count, (long)totals.Controls[0].Quantity);
    }

    private static async Task<(long Groups, long Units)> CloseAsync(ServiceProvider services, string database, StepClock steps)
    {
        await services.GetRequiredService<SettlementEngine>().Days.CloseThroughAsync(Day, steps);
        using var connection = new SqliteConnection($"Data Source={database}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*), sum(quantity) FROM settlement_lines";
        using var reader = command.ExecuteReader();
        reader.Read();
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private static ServiceProvider Services(string file, string database) => new ServiceCollection()
        .AddSettlement(settlement => settlement
            .UseSqlite($"Data Source={database}")
            .Calendar("Asia/Seoul")
            .Source("plays", plays => plays.OnDuckDb(files => files.Parquet(file))
                .OccurredAt("started_at").Item("video_id").Payee("owner_id").Sums("video.seconds", "watched").CountedFrom(Day))
            .StartsOn(Day)
            .Rates("video.seconds", rates => rates.Graduated(
                "2024-01", new DateOnly(2024, 1, 1), Currency.KRW, [(99_999, 1m), (499_999, 1.1m), (999_999, 1.3m), (null, 1.5m)])))
        .BuildServiceProvider();
}
