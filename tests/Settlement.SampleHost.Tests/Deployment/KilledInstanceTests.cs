using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Settlement.SampleHost.DemoData;
using Settlement.SampleHost.Scheduling;
using Settlement.SampleHost.Tests.Api;
using Settlements;
using Settlements.TestServers;

namespace Settlement.SampleHost.Tests.Deployment;

/// <summary>
/// Processes of the sample are killed while viewers play. Each viewer repeats a request until it is answered, as the player does. All
/// answered usage, summed from the answers, must be settled and on the statement of the creator.
/// </summary>
public sealed class KilledInstanceTests(MySqlForApi mySql)
{
    private const int Videos = 5;
    private const int ReportsOfPlay = 3;

    /// <summary>20 viewers, or 200 with <c>SETTLEMENT_TESTS=long</c>.</summary>
    private static readonly int Viewers = TestSettings.IsLong ? 200 : 20;

    /// <summary>The number of plays of each viewer, at least; with <c>SETTLEMENT_TESTS=long</c>, for as long as below.</summary>
    private const int PlaysOfViewer = 10;

    private static readonly TimeSpan Duration = TestSettings.IsLong ? TimeSpan.FromSeconds(60) : TimeSpan.Zero;

    /// <summary>A limit that only a hanging test reaches.</summary>
    private static readonly TimeSpan AnsweredWithin = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, long> _acknowledged = new(StringComparer.Ordinal);
    private int _plays;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_acknowledged_plays_are_settled_after_the_instance_was_killed_and_restarted()
    {
        var connection = await mySql.CreateAsync();
        using var program = new SampleProgram(connection, isPinned: false) { Environment = "Development" };
        var url = ServedProgram.FreeUrl();
        var began = DateTimeOffset.UtcNow;
        var first = await ServeAsync(program, url);
        ServedProgram? second = null;
        try
        {
            var videos = await CreateVideosAsync(new Uri(url));
            var playing = PlayAsync(new Uri(url), videos);
            await UntilPlayedAsync(playing);
            await first.StopAsync("-KILL");
            second = await ServeAsync(program, url);
            await playing;
        }
        finally
        {
            await first.DisposeAsync();
            if (second is not null)
                await second.DisposeAsync();
        }

        await RequireSettledAsync(connection, began);
    }

    [Fact]
    public async Task All_acknowledged_plays_are_settled_after_one_of_two_instances_behind_a_proxy_was_killed()
    {
        var connection = await mySql.CreateAsync();
        using var program = new SampleProgram(connection, isPinned: false) { Environment = "Development" };
        var urls = new[] { ServedProgram.FreeUrl(), ServedProgram.FreeUrl() };
        var began = DateTimeOffset.UtcNow;

        // The first instance creates the tables.
        await using var first = await ServeAsync(program, urls[0]);
        await using var second = await ServeAsync(program, urls[1]);
        await using (var proxy = await ReverseProxy.StartAsync([.. urls.Select(u => new Uri(u))]))
        {
            var videos = await CreateVideosAsync(proxy.Address);
            var playing = PlayAsync(proxy.Address, videos);
            await UntilPlayedAsync(playing);
            await first.StopAsync("-KILL");
            await playing;
            proxy.Served.Should().HaveCount(2);
        }

        await RequireSettledAsync(connection, began);
    }

    private static Task<ServedProgram> ServeAsync(SampleProgram program, string url) => ServedProgram.WhenServedAsync(
        program.Start(
            "--urls", url, "--Plays:ViewMinimum=00:00:00", "--Plays:StartsPerMinute=1000000", "--Plays:StartsPerAddressPerMinute=1000000",
            "--Proxies:0=127.0.0.1"),
        url);

    /// <summary>Creates videos of the demo's creator, who has no usage after yesterday.</summary>
    private static async Task<List<string>> CreateVideosAsync(Uri address)
    {
        using var http = new HttpClient { BaseAddress = address };
        var creator = new ApiClient(http) { Email = "creator@example.com" };
        await creator.AuthorizeAsync(PlatformSeed.Password);
        var videos = new List<string>();
        while (videos.Count < Videos)
        {
            var video = (await creator.PostAsync("/api/videos", new { title = $"Video {videos.Count}", lengthSeconds = 1_000 }))
                .Should(201);
            videos.Add(video.Json.GetProperty("videoId").GetString()!);
        }

        return videos;
    }

    /// <summary>Waits until a third of the plays has ended.</summary>
    private async Task UntilPlayedAsync(Task playing)
    {
        while (Volatile.Read(ref _plays) < Viewers * PlaysOfViewer / 3)
        {
            playing.IsCompleted.Should().BeFalse("the instance is killed while viewers play");
            await Task.Delay(5, Cancelled);
        }
    }

    private Task PlayAsync(Uri address, List<string> videos)
    {
        var started = Stopwatch.StartNew();
        return Task.WhenAll(Enumerable.Range(0, Viewers).Select(async viewer =>
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = address };
            http.DefaultRequestHeaders.Add("Cookie", $"settlement.device={viewer:x32}");
            for (var play = 0; play < PlaysOfViewer || started.Elapsed < Duration; play++)
                await WatchAsync(http, videos[(viewer + play) % videos.Count]);
        }));
    }

    private async Task WatchAsync(HttpClient http, string video)
    {
        var id = Guid.NewGuid();
        var begun = (await SendAsync(http, $"/api/videos/{video}/plays", new { playId = id })).GetProperty("play");
        var ended = begun;
        for (var sequence = 1; sequence <= ReportsOfPlay; sequence++)
        {
            ended = await SendAsync(
                http, $"/api/plays/{id}/{(sequence < ReportsOfPlay ? "progress" : "stop")}", new { sequence, positionSeconds = 1_000 });
        }

        Count(PlatformMeters.Views, ended.GetProperty("isCounted").GetBoolean() ? 1 : 0);
        Count(PlatformMeters.Seconds, (long)(ended.GetProperty("furthestSeconds").GetDecimal() - begun.GetProperty("positionSeconds")
            .GetDecimal()));
        Interlocked.Increment(ref _plays);

        void Count(string meter, long quantity)
        {
            if (quantity > 0)
                _acknowledged.AddOrUpdate($"{meter} {video}", quantity, (_, before) => before + quantity);
        }
    }

    /// <summary>Sends a request until it is acknowledged: while the instance is down, it is refused, or its answer is lost.</summary>
    private static async Task<JsonElement> SendAsync(HttpClient http, string path, object body)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        timeout.CancelAfter(AnsweredWithin);
        while (true)
        {
            try
            {
                using var answer = await http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, timeout.Token);
                if (answer.IsSuccessStatusCode)
                    return await answer.Content.ReadFromJsonAsync<JsonElement>(timeout.Token);
                ((int)answer.StatusCode).Should().BeGreaterThanOrEqualTo(
                    500, await answer.Content.ReadAsStringAsync(timeout.Token));
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // The instance was killed.
            }

            await Task.Delay(50, timeout.Token);
        }
    }

    /// <summary>Closes the days of the plays a day later, and compares lines, the statement and the API with the answers.</summary>
    private async Task RequireSettledAsync(string connection, DateTimeOffset began)
    {
        await using var platform = await PlatformUnderTest.StartAtAsync(DateTimeOffset.UtcNow.AddHours(25), connection);
        var engine = platform.Service<SettlementEngine>();
        var run = await platform.WhileAdvancingClockAsync(platform.Service<DayCloses>().CloseDueAsync(Cancelled));
        run!.State.Should().Be(CloseState.Done);
        var days = new DateRange(platform.Service<BusinessCalendar>().DayOf(began), run.ThroughDay);

        var settled = new Dictionary<string, long>(StringComparer.Ordinal);
        var amount = 0m;
        await foreach (var line in engine.Lines.ReadAsync(days, cancellationToken: Cancelled))
        {
            settled[$"{line.Meter} {line.ItemId}"] = settled.GetValueOrDefault($"{line.Meter} {line.ItemId}") + line.Quantity;
            amount += line.Amount;
        }

        var views = _acknowledged.Where(a => a.Key.StartsWith(PlatformMeters.Views, StringComparison.Ordinal)).Sum(a => a.Value);
        views.Should().BeGreaterThan(0);
        settled.Should().BeEquivalentTo(_acknowledged);
        amount.Should().Be(views, "each view is 1 won");
        using var http = new HttpClient { BaseAddress = platform.Address };
        var creator = new ApiClient(http) { Email = "creator@example.com" };
        await creator.AuthorizeAsync(PlatformSeed.Password);
        var report = (await creator.GetAsync($"/api/settlement?from={days.First:yyyy-MM-dd}&to={days.Last:yyyy-MM-dd}")).Should(200).Json
            .GetProperty("report");
        report.GetProperty("total").GetDecimal().Should().Be(views);
        report.GetProperty("videos").EnumerateArray().Sum(v => v.GetProperty("views").GetInt64()).Should().Be(views);
    }
}
