using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Settlements.Benchmarks;

/// <summary>Measures pages and figures of a day of many events during plays. Times are those of the caller on loopback.</summary>
internal static class PlatformPages
{
    /// <summary>The measured pages, for a day with up to 10,000 payees and 100,000 videos.</summary>
    public static readonly (string Name, string Path)[] All =
    [
        ("Top 5 of the day", "/api/statistics/top?period=day&date=2024-07-01"),
        ("Top 5 of the week", "/api/statistics/top?period=week&date=2024-07-01"),
        ("Top 5 of the month", "/api/statistics/top?period=month&date=2024-07-01"),
        ("settlement of a payee, month", "/api/settlement/?period=month&date=2024-07-01&payee=channel-000007"),
        ("settlement of a payee, by day", "/api/settlement/days?period=month&date=2024-07-01&payee=channel-000007"),
        ("settlement of all payees, month", "/api/settlement/?period=month&date=2024-07-01"),
        ("the first page, with both Top 5", "/?period=week&date=2024-07-01"),
        ("the settlement page of a payee, month", "/settlement?period=month&date=2024-07-01&payee=channel-000007"),
        ("the settlement page of all payees, month", "/settlement?period=month&date=2024-07-01"),
    ];

    private const int Rounds = 100;

    /// <summary>Loads and closes a day, then requests the pages one after another during 200 plays per second.</summary>
    /// <returns>The events of the day; median and 99th percentile of each page in milliseconds; plays per second.</returns>
    public static async Task<(long Rows, double[] Figures)> RunAsync(string[] args, Action start, Action end)
    {
        await using var work = await PlatformWork.StartAsync(args[1], args[2], "256");
        var engine = work.Services.GetRequiredService<SettlementEngine>();
        var workload = new MySqlWorkload(0, int.Parse(args[3], null), int.Parse(args[4], null));
        await engine.Events.LoadAsync(workload.EnumerateAsync());
        var events = (await engine.Days.CloseThroughAsync(Workload.FirstDay)).Sum(d => d.Events);
        await LogInAsync(work.Http);
        var waits = All.Select(_ => new List<double>()).ToArray();
        foreach (var (_, path) in All)
            await AskAsync(work.Http, path);

        using var stop = new CancellationTokenSource();
        var plays = Enumerable.Range(0, 20).Select(_ => PlayOnAsync(work, stop.Token)).ToList();
        start();
        var begun = Stopwatch.GetTimestamp();
        for (var round = 0; round < Rounds; round++)
        {
            for (var page = 0; page < All.Length; page++)
                waits[page].Add(await AskAsync(work.Http, All[page].Path));
        }

        end();
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        await stop.CancelAsync();
        var played = (await Task.WhenAll(plays)).Sum();
        var percentiles = waits.Select(w => w.Order().ToList()).SelectMany(w => (double[])[w[Rounds / 2], w[Rounds * 99 / 100]]);
        return (events, [.. percentiles, played / seconds]);
    }

    private static async Task<int> PlayOnAsync(PlatformWork work, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var plays = 0;
        try
        {
            for (; await timer.WaitForNextTickAsync(stop); plays++)
                await work.PlayAsync();
        }
        catch (OperationCanceledException)
        {
            // All pages are measured.
        }

        return plays;
    }

    private static async Task<double> AskAsync(HttpClient http, string path)
    {
        var requested = Stopwatch.GetTimestamp();
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
        response.EnsureSuccessStatusCode();
        if (response.RequestMessage!.RequestUri!.PathAndQuery != path)
            throw new InvalidOperationException($"{path} was redirected to {response.RequestMessage.RequestUri}.");
        await response.Content.ReadAsByteArrayAsync();
        return Stopwatch.GetElapsedTime(requested).TotalMilliseconds;
    }

    private static async Task LogInAsync(HttpClient http)
    {
        using var answer = await http.PostAsJsonAsync(
            new Uri("/api/users/token", UriKind.Relative), new { email = PlatformWork.Email, password = PlatformWork.Password });
        answer.EnsureSuccessStatusCode();
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }
}
