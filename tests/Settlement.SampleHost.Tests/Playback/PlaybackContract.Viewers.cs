using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Playback;

/// <summary>The identity of viewers, and the limit of the usage of one viewer.</summary>
public abstract partial class PlaybackContract
{
    [Fact]
    public async Task Viewers_with_the_same_network_address_are_separate()
    {
        await using var platform = await StartAsync();
        var (_, video) = await RegisterAsync(platform, lengthSeconds: 700);
        using var first = Browser(platform);
        using var second = Browser(platform);

        var one = await BeginAsync(first.Client, video);
        await PlayAsync(platform, first.Client, one.Id, to: 60);
        var other = await BeginAsync(second.Client, video);
        other.Position.Should().Be(0, "it is another viewer");
        await PlayAsync(platform, second.Client, other.Id, to: 20, stop: true);
        (await ReportAsync(first.Client, one.Id, 100, 80, stop: true)).Should(200);

        (await BeginAsync(first.Client, video)).Position.Should().Be(80);
        (await BeginAsync(second.Client, video)).Position.Should().Be(20);
        (await CloseAsync(platform)).Should().BeEquivalentTo(
            new Dictionary<string, long> { [$"video.view {video}"] = 2, [$"video.seconds {video}"] = 100 });
    }

    [Fact]
    public async Task A_play_with_an_invalid_token_is_rejected()
    {
        await using var platform = await StartAsync();
        var (_, video) = await RegisterAsync(platform, lengthSeconds: 700);
        using var program = Browser(platform, keepsCookies: false);
        var expired = await platform.LogInAsync();
        platform.Clock.Advance(TimeSpan.FromHours(1));

        var invalid = await program.Client.PostAsync($"/api/videos/{video}/plays", new { }, ("Authorization", "Bearer nonsense"));
        var tooOld = await expired.PostAsync($"/api/videos/{video}/plays", new { });

        foreach (var refused in (ApiAnswer[])[invalid, tooOld])
        {
            refused.ShouldBeProblem(401);
            refused.Headers["WWW-Authenticate"].Should().Be("Bearer");
        }

        var keyed = await program.Client.PostAsync(
            $"/api/videos/{video}/plays", new { }, ("Authorization", "Bearer x"), ("Idempotency-Key", "1"));
        keyed.ShouldBeProblem(401);
        (await program.Client.PostAsync($"/api/videos/{video}/plays", new { })).Should(201);
        (await ViewersAsync(platform)).Should().ContainSingle().Which.Should().StartWith("device:");
    }

    [Fact]
    public async Task Plays_of_one_viewer_are_limited_to_the_elapsed_time()
    {
        await using var platform = await StartAsync();
        var (creator, first) = await RegisterAsync(platform, lengthSeconds: 700);
        var second = (await creator.PostAsync("/api/videos", new { title = "Another", lengthSeconds = 700 })).Json.GetProperty("videoId")
            .GetString()!;
        var viewer = await platform.LogInAsync();

        var play = await BeginAsync(viewer, first);
        platform.Clock.Advance(TimeSpan.FromSeconds(10));
        (await ReportAsync(viewer, play.Id, 1, 100)).Should(200).Json.GetProperty("furthestSeconds").GetDecimal().Should().Be(
            12, "the tolerance is two seconds");
        for (var n = 0; n < 10; n++)
        {
            // Starts and reports without elapsed time: each play would gain two seconds if the tolerance applied per play.
            var other = await BeginAsync(viewer, n % 2 == 0 ? second : first);
            (await ReportAsync(viewer, other.Id, 1, 700)).Should(200);
        }

        (await ReportAsync(viewer, play.Id, 2, 100)).ShouldBeProblem(409, "one video at a time");
        (await CloseAsync(platform)).Where(c => c.Key.StartsWith("video.seconds", StringComparison.Ordinal)).Sum(c => c.Value).Should()
            .Be(12);
    }

    [Fact]
    public async Task A_repeated_start_without_a_cookie_returns_the_same_play()
    {
        await using var platform = await StartAsync();
        var (_, video) = await RegisterAsync(platform, lengthSeconds: 100);
        var body = new { playId = Guid.NewGuid() };
        var answers = new List<ApiAnswer>();
        for (var n = 0; n < 2; n++)
        {
            // The first response is lost, including its cookie.
            using var browser = Browser(platform);
            answers.Add((await browser.Client.PostAsync($"/api/videos/{video}/plays", body)).Should(201));
        }

        answers[1].Text.Should().Be(answers[0].Text);
        (await ViewAsync(platform, platform.Anonymous, body.playId.ToString())).Should().Be("counted");
        (await CloseAsync(platform)).Should().Contain($"video.view {video}", 1);
    }

    [Fact]
    public async Task A_view_is_counted_on_the_day_on_which_its_minimum_was_reached()
    {
        await using var platform = await StartAsync();
        var (_, video) = await RegisterAsync(platform, lengthSeconds: 700);
        platform.Clock.SetUtcNow(new DateTimeOffset(2026, 3, 10, 23, 59, 50, TimeSpan.FromHours(9)));
        var play = await BeginAsync(platform.Anonymous, video);
        play.View.Should().Be("pending");

        platform.Clock.Advance(TimeSpan.FromSeconds(2));
        (await ReportAsync(platform.Anonymous, play.Id, 1, 2)).Json.GetProperty("isCounted").GetBoolean().Should().BeFalse(
            "three seconds are needed");
        platform.Clock.Advance(TimeSpan.FromSeconds(18));
        (await ReportAsync(platform.Anonymous, play.Id, 2, 20)).Json.GetProperty("isCounted").GetBoolean().Should().BeTrue();

        (await CloseAsync(platform)).Should().BeEquivalentTo(
            new Dictionary<string, long> { [$"video.view {video}"] = 1, [$"video.seconds {video}"] = 2 },
            "the report arrived on the next day, but the minimum was reached on this one");
    }

    [Fact]
    public async Task Plays_on_a_known_device_of_the_owner_are_not_counted_after_logout()
    {
        await using var platform = await StartAsync();
        var (creator, video) = await RegisterAsync(platform, lengthSeconds: 700);
        using var own = Browser(platform);
        using var foreign = Browser(platform);
        foreach (var (browser, account) in new[] { (own, creator), (foreign, await platform.LogInAsync()) })
        {
            await LogInByCookieAsync(browser.Client, account.Email);
            var token = (await browser.Client.GetAsync("/api/users/antiforgery")).Json.GetProperty("token").GetString()!;
            (await browser.Client.SendAsync(HttpMethod.Delete, "/api/users/session", null, ("X-CSRF-TOKEN", token))).Should(204);
            (await browser.Client.GetAsync("/api/users/me")).Should(401);
        }

        var owners = await BeginAsync(own.Client, video);
        await PlayAsync(platform, own.Client, owners.Id, to: 310);
        var others = await BeginAsync(foreign.Client, video);
        await PlayAsync(platform, foreign.Client, others.Id, to: 10);

        (owners.View, others.View).Should().Be(("owner", "pending"));
        (await CloseAsync(platform)).Should().BeEquivalentTo(
            new Dictionary<string, long> { [$"video.view {video}"] = 1, [$"video.seconds {video}"] = 10 });
    }

    [Fact]
    public async Task Starts_are_limited_per_viewer_and_per_64_bit_network()
    {
        await using var platform = await StartAsync(
            ("Plays:StartsPerMinute", "2"), ("Plays:StartsPerAddressPerMinute", "4"), ("Proxies:0", "127.0.0.1"));
        var (_, video) = await RegisterAsync(platform, lengthSeconds: 700);
        using var viewer = Browser(platform);

        (await BeginManyAsync(viewer.Client, 3, "2001:db8:1:1::7")).Should().Equal(201, 201, 429);
        var refused = await viewer.Client.PostAsync($"/api/videos/{video}/plays", new { }, ("X-Forwarded-For", "2001:db8:1:2::7"));
        refused.ShouldBeProblem(429, "at most 2 plays a minute");
        refused.Headers["Retry-After"].Should().MatchRegex("^[1-9][0-9]?$");

        using var others = Browser(platform, keepsCookies: false);
        (await BeginManyAsync(others.Client, 3, "2001:db8:1:1:ffff::1")).Should().Equal(
            [201, 429, 429], "three starts came from that network");
        (await BeginManyAsync(others.Client, 1, "2001:db8:1:3::1")).Should().Equal(201);
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        (await BeginManyAsync(viewer.Client, 1, "2001:db8:1:1::7")).Should().Equal(201);

        async Task<List<int>> BeginManyAsync(ApiClient client, int count, string address)
        {
            var statuses = new List<int>();
            for (var n = 0; n < count; n++)
                statuses.Add((await client.PostAsync($"/api/videos/{video}/plays", new { }, ("X-Forwarded-For", address))).Status);
            return statuses;
        }
    }

    private static Task<List<string>> ViewersAsync(PlatformUnderTest platform) => platform.Service<Database.PlatformDatabase>().ReadAsync(
        sql => sql.ListAsync<string>("SELECT viewer FROM plays"), TestContext.Current.CancellationToken);

    private static async Task LogInByCookieAsync(ApiClient browser, string email)
    {
        var token = (await browser.GetAsync("/api/users/antiforgery")).Json.GetProperty("token").GetString()!;
        (await browser.PostAsync("/api/users/session", new { email, password = PlatformUnderTest.Password }, ("X-CSRF-TOKEN", token)))
            .Should(204);
    }

    private static TestBrowser Browser(PlatformUnderTest platform, bool keepsCookies = true) => new(platform.Address, keepsCookies);
}
