using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Settlement.SampleHost;
using Settlement.SampleHost.Content;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Playback;
using Settlement.SampleHost.Users;

namespace Settlements.Benchmarks;

/// <summary>The sample host in this process, with callers that start plays or watch, directly or over HTTP on loopback.</summary>
internal sealed class PlatformWork : IAsyncDisposable
{
    public const string Email = "admin@example.com";
    public const string Password = "correct horse battery";

    private const int Videos = 100;

    /// <summary>Number of operations before the measurement, so that code is fully optimized.</summary>
    private const int WarmUp = 100_000;

    private static readonly TimeSpan WarmUpMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;
    private readonly string[] _videoIds = [.. Enumerable.Range(0, Videos).Select(n => $"clip-{n:000}")];
    private int _viewers;

    private PlatformWork(WebApplication app) => _app = app;

    public HttpClient Http { get; } = new(new SocketsHttpHandler { MaxConnectionsPerServer = 1_000 });

    public IServiceProvider Services => _app.Services;

    /// <summary>Runs the work.</summary>
    /// <param name="args">
    /// <c>platform-watch</c>, <c>platform-plays</c> or <c>platform-http</c>, the store, its address, the callers, the most plays of a
    /// transaction.
    /// </param>
    /// <param name="start">Starts the measurement.</param>
    /// <param name="end">Ends the measurement.</param>
    /// <returns>The acknowledged operations; median and 99th percentile of latencies in milliseconds; CPU in percent of a core.</returns>
    public static async Task<(long Rows, double[] Waits)> RunAsync(string[] args, Action start, Action end)
    {
        var (kind, store, address, callers) = (args[0], args[1], args[2], int.Parse(args[3], null));
        await using var work = await StartAsync(store, address, args[4]);
        var viewers = Enumerable.Range(0, callers).Select(n => new PlatformViewer(work.Services, work._videoIds, n)).ToArray();
        Func<int, Task> play = kind switch
        {
            "platform-watch" => caller => viewers[caller].ActAsync(),
            "platform-http" => _ => work.PlayByHttpAsync(),
            _ => _ => work.PlayAsync(),
        };
        var warm = await CallAsync(callers, play, WarmUp, WarmUpMax);
        var cpuBefore = Environment.CpuUsage.TotalTime;
        start();
        var begun = Stopwatch.GetTimestamp();
        var waits = await CallAsync(callers, play, int.MaxValue, TimeMax);
        end();
        var cpu = (Environment.CpuUsage.TotalTime - cpuBefore) / Stopwatch.GetElapsedTime(begun) * 100;
        if (kind == "platform-watch")
            await work.CheckAsync(viewers.Sum(v => v.Starts), viewers.Sum(v => v.Reports));
        else
            await work.CheckAsync(warm.Count + waits.Count, 0);
        waits.Sort();
        return (waits.Count, [waits[waits.Count / 2], waits[(int)(waits.Count * 99L / 100)], cpu]);
    }

    public static async Task<PlatformWork> StartAsync(string store, string address, string groupMax)
    {
        var builder = Settlement.SampleHost.Program.CreateBuilder(new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            [HostArguments.Store] = store,
            [HostArguments.Connection] = address,
            ["Schedule:Enabled"] = "false",
            ["Proxies:0"] = "127.0.0.1",
            ["Plays:GroupMax"] = groupMax,
            ["Plays:StartsPerMinute"] = "1000000",
            ["Plays:StartsPerAddressPerMinute"] = "1000000",
        });
        Settlement.SampleHost.Program.AddServices(builder);
        var app = builder.Build();
        Settlement.SampleHost.Program.UsePipeline(app);
        Settlement.SampleHost.Program.MapFeatures(app);
        await app.ApplySchemaAsync();
        var work = new PlatformWork(app);
        await app.StartAsync();
        work.Http.BaseAddress = new Uri(app.Urls.First());
        await using var scope = app.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<Accounts>();
        var owner = (await accounts.SignUpAsync(Email, Password, "Admin")).UserId;
        await accounts.SetRolesAsync(
            new Caller(null, null, "benchmark", IsCreator: false, IsAdmin: true), owner, [Roles.Viewer, Roles.Admin, Roles.Creator],
            CancellationToken.None);
        await app.Services.GetRequiredService<AdTable>().AddAsync(
            Guid.NewGuid().ToString("N"), "Ad", 15_000, null, 0, CancellationToken.None);
        foreach (var id in work._videoIds)
        {
            await app.Services.GetRequiredService<VideoTable>().AddAsync(
                id, owner, new VideoValues(id, 700_000, null), 0, CancellationToken.None);
        }

        return work;
    }

    /// <summary>Starts a play of a new viewer.</summary>
    public async Task PlayAsync()
    {
        var viewer = Interlocked.Increment(ref _viewers);
        await Services.GetRequiredService<Player>().StartAsync(
            new Caller(null, null, $"device:{viewer}", IsCreator: false, IsAdmin: false), _videoIds[viewer % Videos], null,
            CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static async Task<List<double>> CallAsync(int callers, Func<int, Task> play, int countMax, TimeSpan timeMax)
    {
        var (begun, next) = (Stopwatch.GetTimestamp(), 0);
        var waits = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var own = new List<double>();
            while (Stopwatch.GetElapsedTime(begun) < timeMax && Interlocked.Increment(ref next) <= countMax)
            {
                var called = Stopwatch.GetTimestamp();
                await play(caller);
                own.Add(Stopwatch.GetElapsedTime(called).TotalMilliseconds);
            }

            return own;
        })));
        return [.. waits.SelectMany(w => w)];
    }

    /// <summary>Starts a play of a new viewer over HTTP, from a new address.</summary>
    public async Task PlayByHttpAsync()
    {
        var viewer = Interlocked.Increment(ref _viewers);
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri($"/api/videos/{_videoIds[viewer % Videos]}/plays", UriKind.Relative));
        request.Headers.Add("X-Forwarded-For", $"10.{viewer >> 16 & 255}.{viewer >> 8 & 255}.{viewer & 255}");
        using var response = await Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Checks that acknowledged plays and reports are stored, and that the settlement has exactly the resulting usage.</summary>
    private async Task CheckAsync(long plays, long reports)
    {
        var stored = await Services.GetRequiredService<PlatformDatabase>().ReadAsync(
            sql => sql.FindAsync<Sums>(
                """
                SELECT COUNT(*) AS plays, SUM(sequence) AS reports,
                    SUM(furthest_ms - start_ms - (furthest_ms - start_ms) % 1000) / 1000 AS watched_seconds,
                    SUM(CASE WHEN start_ms < 300000 AND furthest_ms >= 300000 THEN 1 ELSE 0 END
                        + CASE WHEN start_ms < 600000 AND furthest_ms >= 600000 THEN 1 ELSE 0 END) AS passed_ads,
                    SUM(CASE WHEN view_state = 1 THEN 1 ELSE 0 END) AS counted_views,
                    (SELECT COALESCE(SUM(quantity), 0) FROM usage_events WHERE meter = @Views) AS views,
                    (SELECT COALESCE(SUM(quantity), 0) FROM usage_events WHERE meter = @Seconds) AS seconds,
                    (SELECT COALESCE(SUM(quantity), 0) FROM usage_events WHERE meter = @AdViews) AS ad_views
                FROM plays
                """,
                new { PlatformMeters.Views, PlatformMeters.Seconds, PlatformMeters.AdViews }),
            CancellationToken.None);
        var isRight = stored is not null && stored.Plays == plays && stored.Reports == reports && stored.Views == stored.CountedViews
            && stored.Seconds == stored.WatchedSeconds && stored.AdViews == stored.PassedAds
                && (stored.Seconds > 0 && stored.AdViews > 0 || reports == 0);
        if (!isRight)
            throw new InvalidOperationException($"{plays} plays and {reports} reports were acknowledged; stored are {stored}.");
    }

    private sealed record Sums
    {
        public long Plays { get; init; }

        public long Reports { get; init; }

        public long WatchedSeconds { get; init; }

        public long PassedAds { get; init; }

        public long CountedViews { get; init; }

        public long Views { get; init; }

        public long Seconds { get; init; }

        public long AdViews { get; init; }
    }
}
