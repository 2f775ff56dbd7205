using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Settlements.Benchmarks;

/// <summary>Measures the latency of plays and health checks over HTTP during the close of a day with many items on SQLite.</summary>
internal static class PlatformClose
{
    private const int StartsPerSecond = 20;
    private const int AsksPerSecond = 4;

    /// <summary>Loads a day and closes it during starts of plays and health checks.</summary>
    /// <returns>
    /// The events of the day; median and maximum latency of a start in milliseconds; maximum latency of a health check; the number of
    /// health checks with a status other than 200; the number of starts.
    /// </returns>
    public static async Task<(long Rows, double[] Figures)> RunAsync(string[] args, Action start, Action end)
    {
        await using var work = await PlatformWork.StartAsync(args[1], args[2], "256");
        var engine = work.Services.GetRequiredService<SettlementEngine>();
        await engine.Events.LoadAsync(new MySqlWorkload(0, int.Parse(args[3], null), int.Parse(args[4], null)).EnumerateAsync());
        for (var i = 0; i < StartsPerSecond; i++)
            await work.PlayByHttpAsync();
        await AskAsync(work.Http);

        using var stop = new CancellationTokenSource();
        var failed = 0;
        var starts = EachAsync(StartsPerSecond, work.PlayByHttpAsync, stop.Token);
        var asks = EachAsync(AsksPerSecond, async () => failed += await AskAsync(work.Http) ? 0 : 1, stop.Token);
        start();
        var events = (await engine.Days.CloseThroughAsync(Workload.FirstDay)).Sum(d => d.Events);
        end();
        await stop.CancelAsync();
        var (waits, answers) = (await starts, await asks);
        return (events, [waits[waits.Count / 2], waits[^1], answers[^1], failed, waits.Count]);
    }

    /// <summary>Sends requests at a constant rate without waiting for earlier responses, as independent users do.</summary>
    private static async Task<List<double>> EachAsync(int perSecond, Func<Task> work, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond));
        var all = new List<Task<double>>();
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                all.Add(TimeAsync(work));
        }
        catch (OperationCanceledException)
        {
            // The close has ended.
        }

        return [.. (await Task.WhenAll(all)).Order()];
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var begun = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }

    private static async Task<bool> AskAsync(HttpClient http)
    {
        using var response = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        return response.IsSuccessStatusCode;
    }
}
