using Settlement.SampleHost.Tests.Api;
using Settlements;

namespace Settlement.SampleHost.Tests.Playback;

/// <summary>Plays over HTTP and their counts in the settlement; for each store.</summary>
public abstract partial class PlaybackContract
{
    private protected abstract Task<PlatformUnderTest> StartAsync(params (string Key, string Value)[] settings);

    [Fact]
    public async Task A_stopped_and_resumed_video_is_counted_once()
    {
        await using var platform = await StartAsync();
        var (creator, video) = await RegisterAsync(platform, lengthSeconds: 700);
        var viewer = await platform.LogInAsync();

        var play = await BeginAsync(viewer, video);
        play.Position.Should().Be(0);
        await PlayAsync(platform, viewer, play.Id, to: 320, stop: true);
        platform.Clock.Advance(TimeSpan.FromHours(1));
        await viewer.AuthorizeAsync(PlatformUnderTest.Password);
        var resumed = await BeginAsync(viewer, video);
        resumed.Position.Should().Be(320);
        (await PlayAsync(platform, viewer, resumed.Id, from: 320, to: 700)).Json.GetProperty("state").GetString().Should().Be("ended");
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var anew = await BeginAsync(viewer, video);
        anew.Position.Should().Be(0, "the end was reached");
        await PlayAsync(platform, viewer, anew.Id, to: 5);

        var counts = await CloseAsync(platform);
        counts.Should().BeEquivalentTo(new Dictionary<string, long>
        {
            [$"video.view {video}"] = 3, [$"video.seconds {video}"] = 705, [$"ad.view {video}/ad-1"] = 1, [$"ad.view {video}/ad-2"] = 1,
        });
        var owed = await platform.Service<SettlementEngine>().Statements.ReadAllAsync(CalendarPeriod.Day, new DateOnly(2026, 3, 10));
        owed.Payees.Single().PayeeId.Should().Be(creator.UserId, "a new account is paid by its own id");
        owed.Payees.Single().Totals.Single().Amount.Should().Be(3 * 1 + 2 * 10);
    }

    [Fact]
    public async Task Plays_by_the_owner_are_not_counted_and_repeated_views_within_30_s_neither()
    {
        await using var platform = await StartAsync();
        var (creator, video) = await RegisterAsync(platform, lengthSeconds: 700);
        var viewer = await platform.LogInAsync();

        var first = await BeginAsync(viewer, video);
        await PlayAsync(platform, viewer, first.Id, to: 20, stop: true);
        var repeat = await BeginAsync(viewer, video);
        var repeated = (await PlayAsync(platform, viewer, repeat.Id, from: 20, to: 341)).Json;
        var own = await BeginAsync(creator, video);
        var owners = (await PlayAsync(platform, creator, own.Id, to: 341)).Json;

        repeated.GetProperty("view").GetString().Should().Be("repeated");
        owners.GetProperty("view").GetString().Should().Be("owner");
        (await CloseAsync(platform)).Should().BeEquivalentTo(new Dictionary<string, long>
        {
            [$"video.view {video}"] = 1, [$"video.seconds {video}"] = 341, [$"ad.view {video}/ad-1"] = 1,
        });
    }

    [Fact]
    public async Task Repeated_and_outdated_reports_change_nothing()
    {
        await using var platform = await StartAsync();
        var (_, video) = await RegisterAsync(platform, lengthSeconds: 700);
        var viewer = await platform.LogInAsync();
        var play = await BeginAsync(viewer, video);
        platform.Clock.Advance(TimeSpan.FromSeconds(310));

        var first = await ReportAsync(viewer, play.Id, 5, 310);
        platform.Clock.Advance(TimeSpan.FromSeconds(100));
        var again = await ReportAsync(viewer, play.Id, 5, 410);
        var older = await ReportAsync(viewer, play.Id, 4, 410);
        var second = await BeginAsync(viewer, video);

        again.Text.Should().Be(first.Text);
        older.Text.Should().Be(first.Text);
        (await ReportAsync(viewer, play.Id, 6, 410)).ShouldBeProblem(409, "another tab");
        second.Position.Should().Be(310);
        (await ReportAsync(viewer, second.Id, 0, 10)).ShouldBeProblem(400, "from 1");
        (await ReportAsync(await platform.LogInAsync(), second.Id, 1, 10)).ShouldBeProblem(404);
        (await CloseAsync(platform)).Should().Contain($"video.seconds {video}", 310).And.Contain($"ad.view {video}/ad-1", 1);
    }

    [Fact]
    public async Task A_repeated_start_returns_the_same_play()
    {
        await using var platform = await StartAsync();
        var (_, video) = await RegisterAsync(platform, lengthSeconds: 100);
        var viewer = await platform.LogInAsync();
        var id = Guid.NewGuid();

        await viewer.PostAsync($"/api/videos/{video}/plays", new { playId = id });
        platform.Clock.Advance(TimeSpan.FromMinutes(2));
        var again = await viewer.PostAsync($"/api/videos/{video}/plays", new { playId = id });
        var foreign = await (await platform.LogInAsync()).PostAsync($"/api/videos/{video}/plays", new { playId = id });

        again.Should(201).Json.GetProperty("play").GetProperty("playId").GetString().Should().Be(id.ToString("N"));
        foreign.ShouldBeProblem(409, "id is taken");
        (await ReportAsync(viewer, id.ToString("N"), 1, 100)).Should(200).Json.GetProperty("state").GetString().Should().Be("ended");
        (await CloseAsync(platform)).Should().Contain($"video.view {video}", 1).And.Contain($"video.seconds {video}", 100);
    }

    [Fact]
    public async Task Concurrent_reports_count_each_second_and_ad_once()
    {
        await using var platform = await StartAsync();
        var (_, video) = await RegisterAsync(platform, lengthSeconds: 700);
        var viewer = await platform.LogInAsync();
        var play = await BeginAsync(viewer, video);
        platform.Clock.Advance(TimeSpan.FromSeconds(350));

        await Task.WhenAll(Enumerable.Range(1, 20).Select(n => ReportAsync(viewer, play.Id, n, 330 + n)));

        var furthest = await FurthestAsync(viewer, play.Id);
        var counts = await CloseAsync(platform);
        counts.Should().Contain($"ad.view {video}/ad-1", 1);
        counts[$"video.seconds {video}"].Should().Be((long)furthest).And.BeInRange(331, 350);
    }

    private protected static async Task<(ApiClient Creator, string VideoId)> RegisterAsync(PlatformUnderTest platform, int lengthSeconds)
    {
        var admin = await platform.LogInAsync("admin");
        (await admin.PostAsync("/api/ads", new { title = "Soap", lengthSeconds = 15 })).Should(201);
        var creator = await platform.LogInAsync("creator");
        var video = (await creator.PostAsync("/api/videos", new { title = "A video", lengthSeconds })).Should(201);
        return (creator, video.Json.GetProperty("videoId").GetString()!);
    }

    private protected static async Task<(string Id, decimal Position, string View)> BeginAsync(ApiClient viewer, string videoId)
    {
        var play = (await viewer.PostAsync($"/api/videos/{videoId}/plays", new { })).Should(201).Json.GetProperty("play");
        return (play.GetProperty("playId").GetString()!, play.GetProperty("positionSeconds").GetDecimal(), play.GetProperty("view")
            .GetString()!);
    }

    /// <summary>Watches the minimum of a view, with the first report of a play.</summary>
    /// <returns>The state of the view.</returns>
    private protected static async Task<string> ViewAsync(PlatformUnderTest platform, ApiClient viewer, string playId, int from = 0)
    {
        platform.Clock.Advance(TimeSpan.FromSeconds(3));
        return (await ReportAsync(viewer, playId, 1, from + 3)).Should(200).Json.GetProperty("view").GetString()!;
    }

    private static Task<ApiAnswer> ReportAsync(ApiClient viewer, string playId, int sequence, decimal position, bool stop = false) =>
        viewer.PostAsync($"/api/plays/{playId}/{(stop ? "stop" : "progress")}", new { sequence, positionSeconds = position });

    private static async Task<decimal> FurthestAsync(ApiClient viewer, string playId) =>
        (await viewer.GetAsync($"/api/plays/{playId}")).Json.GetProperty("furthestSeconds").GetDecimal();

    /// <summary>Plays with correct reports every 10 s.</summary>
    private static async Task<ApiAnswer> PlayAsync(
        PlatformUnderTest platform, ApiClient viewer, string playId, int to, int from = 0, bool stop = false)
    {
        ApiAnswer? answer = null;
        var sequence = 0;
        for (var position = from; position < to;)
        {
            var step = Math.Min(10, to - position);
            position += step;
            platform.Clock.Advance(TimeSpan.FromSeconds(step));
            answer = (await ReportAsync(viewer, playId, ++sequence, position, stop && position == to)).Should(200);
        }

        return answer!;
    }

    /// <summary>Closes the day and returns its counts.</summary>
    private static async Task<Dictionary<string, long>> CloseAsync(PlatformUnderTest platform)
    {
        platform.Clock.Advance(TimeSpan.FromDays(1));
        var engine = platform.Service<SettlementEngine>();
        var day = new DateOnly(2026, 3, 10);
        await engine.Days.CloseThroughAsync(day);
        var counts = new Dictionary<string, long>();
        foreach (var meter in (string[])[PlatformMeters.Views, PlatformMeters.Seconds, PlatformMeters.AdViews])
        {
            foreach (var item in (await engine.Rankings.TopAsync(CalendarPeriod.Day, day, meter, 100)).Items)
                counts.Add($"{meter} {item.ItemId}", item.Quantity);
        }

        return counts;
    }
}

public sealed class SqlitePlaybackTests : PlaybackContract
{
    private protected override Task<PlatformUnderTest> StartAsync(params (string Key, string Value)[] settings) =>
        PlatformUnderTest.StartAsync(mySql: null, settings);
}

public sealed class MySqlPlaybackTests(MySqlForApi server) : PlaybackContract
{
    private protected override async Task<PlatformUnderTest> StartAsync(params (string Key, string Value)[] settings) =>
        await PlatformUnderTest.StartAsync(await server.CreateAsync(), settings);
}
