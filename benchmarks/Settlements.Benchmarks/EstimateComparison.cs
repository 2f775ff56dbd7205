using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Pipelines;

namespace Settlements.Benchmarks;

/// <summary>
/// Compares a refresh of the estimate of an open day with the steps "sum events" and "price items" of the close of the same day: in one
/// process, alternating, by the processor time of the process and of the server.
/// </summary>
internal sealed class EstimateComparison(int events, int items, int rounds)
{
    private const double RatioMax = 1.1;

    private readonly FigureTable _figures = new();

    /// <summary>Runs and prints the comparison.</summary>
    /// <param name="only">sqlite or mysql; empty for both.</param>
    /// <returns>The exit code: 1 if a target is missed, 2 for invalid arguments.</returns>
    public async Task<int> RunAsync(string only)
    {
        if (only is not ("" or "sqlite" or "mysql") || events < 1 || items < 1 || rounds < 1)
        {
            await Console.Error.WriteLineAsync("--only takes sqlite or mysql; --events, --items and --rounds are at least 1.");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("settlement-benchmark-").FullName;
        try
        {
            if (only is "" or "sqlite")
                await RunSqliteAsync(folder);
            if (only is "" or "mysql")
                await RunMySqlAsync(folder);
            _figures.Print();
            return _figures.IsMet ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task RunSqliteAsync(string folder)
    {
        var original = Path.Combine(folder, "original.db");
        await using (var services = Services(s => s.UseSqlite($"Data Source={original}")))
            await LoadAsync(services.GetRequiredService<SettlementEngine>(), events, items);
        var database = Path.Combine(folder, "estimate.db");
        await CompareAsync("SQLite", s => s.UseSqlite($"Data Source={database}"), serverId: null, () =>
        {
            foreach (var file in Directory.GetFiles(folder, "estimate.db*"))
                File.Delete(file);
            File.Copy(original, database);
            return Task.CompletedTask;
        });
    }

    private async Task RunMySqlAsync(string folder)
    {
        await using var server = await MySqlBenchmarkServer.StartAsync();
        Console.WriteLine(await server.DescribeAsync());
        var tsv = Path.Combine(folder, "day.tsv");
        MySqlWorkloadFile.WriteTsv(tsv, new MySqlWorkload(0, events, items));
        await server.Database.LoadByClientAsync(tsv);
        File.Delete(tsv);
        await CompareAsync("MariaDB", s => s.UseMySql(server.ConnectionString), server.ProcessId, async () =>
        {
            await server.Database.ForgetClosesAsync();
            await server.SettleAsync();
        });
    }

    private async Task CompareAsync(string store, Action<SettlementBuilder> use, int? serverId, Func<Task> reopenAsync)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\n{store}: {events:N0} events, {items:N0} items; processor seconds, client + server\n  {"",-24} {"wall s",8} {"CPU s",8} "
            + $"{"sum s",8} {"price s",8} {"publish s",10}"));
        List<double> first = [], second = [], steps = [];

        // The first round compiles the code, and is not counted.
        for (var round = 0; round <= rounds; round++)
        {
            await reopenAsync();
            await using (var services = Services(use))
            {
                var clock = new ProcessorClock(serverId);
                await services.GetRequiredService<SettlementEngine>().Days.CloseThroughAsync(Workload.FirstDay, clock);
                steps.Add(Print("close", clock.End(), steps: 2));
            }

            await reopenAsync();
            await using (var services = Services(use))
            {
                first.Add(await RefreshAsync("refresh", services, serverId));
                second.Add(await RefreshAsync("refresh again", services, serverId));
            }
        }

        var what = string.Create(CultureInfo.InvariantCulture, $"{store}, {events:N0} events, {items:N0} items: processor time");
        var close = Median(steps);
        _figures.AtMost($"{what} of a first refresh, against sum and price of the close", RatioMax, Median(first) / close);
        _figures.AtMost($"{what} of a refresh that replaces an estimate", RatioMax, Median(second) / close);
    }

    private static async Task<double> RefreshAsync(string name, ServiceProvider services, int? serverId)
    {
        var clock = new ProcessorClock(serverId);
        await services.GetRequiredService<SettlementEngine>().Estimates.RefreshAsync(
            new DateTimeOffset(Workload.FirstDay, new TimeOnly(23, 59), TimeSpan.FromHours(9)), clock);
        return Print(name, clock.End(), steps: 3);
    }

    /// <summary>Prints a run, and returns the processor time from its start through a number of steps.</summary>
    private static double Print(string name, (double Elapsed, double[] Steps) run, int steps)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name,-24} {run.Elapsed,8:0.00} {run.Steps.Sum(),8:0.00} {run.Steps[0],8:0.00} "
                + $"{run.Steps[1],8:0.00} {run.Steps[2],10:0.00}"));
        return run.Steps.Take(steps).Sum();
    }

    /// <summary>Returns the median without the first.</summary>
    private static double Median(List<double> runs)
    {
        var sorted = runs.Skip(1).Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }

    private static async Task LoadAsync(SettlementEngine engine, int events, int items)
    {
        await engine.Schema.ApplyAsync();
        await engine.Events.LoadAsync(new MySqlWorkload(0, events, items).EnumerateAsync());
    }

    private static ServiceProvider Services(Action<SettlementBuilder> use) => new ServiceCollection()
        .AddSettlement(settlement =>
        {
            use(settlement);
            settlement.Calendar("Asia/Seoul")
                .Configure(options => options.Pipeline.Workers = 2)
                .Rates(MySqlWorkload.Meter, rates => rates.Graduated(
                    "2024-01", new DateOnly(2024, 1, 1), Currency.KRW, [(99_999, 1m), (499_999, 1.1m), (999_999, 1.3m), (null, 1.5m)]));
        })
        .BuildServiceProvider();

    /// <summary>
    /// Measures the processor time of each step; what precedes the first step belongs to it, and what follows the last one to that.
    /// </summary>
    private sealed class ProcessorClock : IProgress<CloseProgress>, IProgress<RunProgress>
    {
        private readonly int? _serverId;
        private readonly Lock _lock = new();
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private readonly List<double> _begun = [];

        public ProcessorClock(int? serverId)
        {
            _serverId = serverId;
            _begun.Add(Now);
        }

        private double Now =>
            Environment.CpuUsage.TotalTime.TotalSeconds + (_serverId is { } id ? CloseRevision.ProcessorSeconds(id) : 0);

        public void Report(CloseProgress value) => Report(value.Run);

        public void Report(RunProgress value)
        {
            lock (_lock)
            {
                if (value.StepNumber > _begun.Count)
                    _begun.Add(Now);
            }
        }

        public (double Elapsed, double[] Steps) End()
        {
            var end = Now;
            return (_watch.Elapsed.TotalSeconds, [.. _begun.Select((begun, i) => (i + 1 < _begun.Count ? _begun[i + 1] : end) - begun)]);
        }
    }
}
