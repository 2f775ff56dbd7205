using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Settlements.Benchmarks;

/// <summary>A close of a day of many items on SQLite, with starts of plays and health checks over HTTP beside it: what a user waits for.</summary>
internal static class PlatformClose
{
    private const int StartsPerSecond = 20;
    private const int AsksPerSecond = 4;

    /// <summary>Loads a day, and closes it while plays start and the load balancer asks.</summary>
    /// <returns>
    /// The events of the day; the median and the longest wait of a start in milliseconds, the longest of a health check, the checks that weren't
    /// answered 200, and the starts.
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

    /// <summary>At a steady rate, whether those before were answered or not: nobody waits for another user.</summary>
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
            // The close is over.
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
