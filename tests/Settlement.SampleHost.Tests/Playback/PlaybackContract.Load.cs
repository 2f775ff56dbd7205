using System.Collections.Concurrent;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Playback;
using Settlement.SampleHost.Tests.Api;
using Settlement.SampleHost.Usage;
using Settlements;
using Settlements.TestServers;

namespace Settlement.SampleHost.Tests.Playback;

public abstract partial class PlaybackContract
{
    private const int LoadViewers = 200;
    private const int LoadVideos = 5;
    private const int ReportsOfPlay = 4;

    /// <summary>The number of plays per viewer: 1, or 20 with <c>SETTLEMENT_TESTS=long</c>.</summary>
    private static readonly int PlaysOfViewer = TestSettings.IsLong ? 20 : 1;

    /// <summary>
    /// 200 concurrent viewers over HTTP, each sending as fast as it gets responses. Every report claims the end of the video and advances
    /// the clock by a second. The acknowledged usage, summed from the responses, must equal the settlement.
    /// </summary>
    [Fact]
    public async Task The_settlement_counts_exactly_the_acknowledged_plays_under_load()
    {
        await using var platform = await StartAsync(("Proxies:0", "127.0.0.1"));
        var (creator, first) = await RegisterAsync(platform, lengthSeconds: 1_000);
        var videos = new List<string> { first };
        while (videos.Count < LoadVideos)
        {
            var another = await creator.PostAsync("/api/videos", new { title = "Another", lengthSeconds = 1_000 });
            videos.Add(another.Should(201).Json.GetProperty("videoId").GetString()!);
        }

        var acknowledged = new ConcurrentDictionary<string, long>();
        await Task.WhenAll(Enumerable.Range(0, LoadViewers).Select(async viewer =>
        {
            for (var play = 0; play < PlaysOfViewer; play++)
                await WatchAsync(platform, viewer, videos[(viewer + play) % LoadVideos], acknowledged);
        }));

        acknowledged.Where(a => a.Key.StartsWith("video.view", StringComparison.Ordinal)).Sum(a => a.Value)
            .Should().BeInRange(LoadViewers, LoadViewers * PlaysOfViewer, "at least the first view of each viewer is counted");
        (await CloseAsync(platform)).Should().BeEquivalentTo(acknowledged);
    }

    private static async Task WatchAsync(
        PlatformUnderTest platform, int viewer, string video, ConcurrentDictionary<string, long> acknowledged)
    {
        // One viewer in ten repeats each request, as after a lost response.
        var (id, isTwice) = (Guid.NewGuid(), viewer % 10 == 7);
        using var browser = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = platform.Address };
        var client = new ApiClient(browser);
        var begun = (await SendAsync($"/api/videos/{video}/plays", new { playId = id })).Json.GetProperty("play");
        var ended = begun;
        for (var sequence = 1; sequence <= ReportsOfPlay && ended.GetProperty("state").GetString() == "playing"; sequence++)
        {
            platform.Clock.Advance(TimeSpan.FromSeconds(1));
            ended = (await SendAsync(
                $"/api/plays/{id}/{(sequence < ReportsOfPlay ? "progress" : "stop")}", new { sequence, positionSeconds = 1_000 })).Json;
        }

        var (from, to) = (begun.GetProperty("positionSeconds").GetDecimal(), ended.GetProperty("furthestSeconds").GetDecimal());
        Count($"video.view {video}", ended.GetProperty("isCounted").GetBoolean() ? 1 : 0);
        Count($"video.seconds {video}", (long)(to - from));
        foreach (var ad in Enumerable.Range(1, 3).Where(n => from < n * 300 && n * 300 <= to))
            Count($"ad.view {video}/ad-{ad}", 1);

        async Task<ApiAnswer> SendAsync(string path, object body)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, isTwice ? 2 : 1).Select(_ =>
                client.PostAsync(path, body, ("X-Forwarded-For", $"198.51.100.{viewer}"), ("Cookie", $"settlement.device={viewer:x32}"))));
            answers.Should().OnlyContain(a => a.Status < 300);
            return answers[^1];
        }

        void Count(string what, long quantity)
        {
            if (quantity > 0)
                acknowledged.AddOrUpdate(what, quantity, (_, before) => before + quantity);
        }
    }

    /// <summary>The reports of a transaction are executed in memory, after the placements that they may pass were read.</summary>
    [Fact]
    public async Task Reports_that_share_a_transaction_pass_all_placements_together()
    {
        await using var platform = await StartAsync();
        var (_, video) = await RegisterAsync(platform, lengthSeconds: 1_000);
        var viewer = await platform.LogInAsync();
        var play = await BeginAsync(viewer, video);
        var started = UnixMicroseconds.From(platform.Clock.GetUtcNow());
        platform.Clock.Advance(TimeSpan.FromSeconds(950));

        await platform.Service<PlatformDatabase>().WriteAsync(
            sql => PlayGroup.ExecuteAsync(
                sql, platform.Service<PlayUsage>(),
                [.. Enumerable.Range(1, 3).Select(n => new ReportCommand(
                    play.Id, $"user:{viewer.UserId}", started + n * 310_000_000L, n, n * 310_000L, IsStop: false))]),
            CancellationToken.None);

        (await CloseAsync(platform)).Should().BeEquivalentTo(new Dictionary<string, long>
        {
            [$"video.view {video}"] = 1, [$"video.seconds {video}"] = 930, [$"ad.view {video}/ad-1"] = 1, [$"ad.view {video}/ad-2"] = 1,
            [$"ad.view {video}/ad-3"] = 1,
        });
    }
}
