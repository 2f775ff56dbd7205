using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Settlements.Benchmarks;

/// <summary>Measures work on SQLite in a separate process, so that its peak memory is measured separately.</summary>
internal static class ChildProcess
{
    /// <summary>Runs the work and returns its seconds and its peak resident memory in MiB.</summary>
    public static (double Seconds, double PeakMiB) Measure(params string[] work)
    {
        using var process = BenchmarkProgram.Start(["child", .. work]);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"'{string.Join(' ', work)}' failed with {process.ExitCode}: {output}");
        var figures = output.Trim().Split(' ');
        return (double.Parse(figures[0], CultureInfo.InvariantCulture), double.Parse(figures[1], CultureInfo.InvariantCulture));
    }

    public static async Task<int> RunAsync(string[] args)
    {
        var watch = new Stopwatch();
        var steps = new StepClock(watch);
        switch (args)
        {
            case ["import", var database, var csv]:
                await using (var services = Services(database))
                {
                    var engine = services.GetRequiredService<SettlementEngine>();
                    await engine.Schema.ApplyAsync();
                    await using var file = File.OpenRead(csv);
                    watch.Start();
                    await engine.Events.LoadCsvAsync(file);
                    watch.Stop();
                }

                break;
            case ["close", var database, var day]:
                await using (var services = Services(database))
                {
                    watch.Start();
                    await services.GetRequiredService<SettlementEngine>().Days
                        .CloseThroughAsync(Workload.FirstDay.AddDays(int.Parse(day, CultureInfo.InvariantCulture)), steps);
                    watch.Stop();
                }

                break;
            case ["import-command", var database, var csv]:
                await using (var services = Services(database))
                    await services.GetRequiredService<SettlementEngine>().Schema.ApplyAsync();
                watch.Start();
                await Peers.ImportByCommandAsync(database, csv);
                watch.Stop();
                break;
            case ["import-statement", var database, var csv]:
                await using (var services = Services(database))
                    await services.GetRequiredService<SettlementEngine>().Schema.ApplyAsync();
                watch.Start();
                await Peers.ImportByStatementAsync(database, csv);
                watch.Stop();
                break;
            case ["group-by", var database]:
                watch.Start();
                Peers.GroupBy(database);
                watch.Stop();
                break;
            default:
                return 2;
        }

        double[] figures = [watch.Elapsed.TotalSeconds, PeakMiB(), .. steps.End(), .. steps.EndProcessor()];
        Console.WriteLine(string.Join(' ', figures.Select(f => f.ToString("R", CultureInfo.InvariantCulture))));
        return 0;
    }

    /// <summary>Returns VmHWM, the peak resident set of this process, from Linux.</summary>
    public static double PeakMiB() => PeakMiB(Environment.ProcessId);

    /// <summary>Returns VmHWM of a running process.</summary>
    public static double PeakMiB(int processId)
    {
        var peak = File.ReadLines($"/proc/{processId}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return double.Parse(peak, CultureInfo.InvariantCulture) / 1024;
    }

    private static ServiceProvider Services(string database) => new ServiceCollection()
        .AddSettlement(settlement => settlement
            .UseSqlite($"Data Source={database}")
            .Calendar("Asia/Seoul")
            .Rates("video.view", rates => rates.Graduated(
                "2024-01", new DateOnly(2024, 1, 1), Currency.KRW, [(99_999, 1m), (499_999, 1.1m), (999_999, 1.3m), (null, 1.5m)])))
        .BuildServiceProvider();
}
