using Settlements;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>Hostile input: text, addresses, headers and formulas.</summary>
public sealed class HostileInputTests : IAsyncLifetime
{
    private PlatformUnderTest? _platform;

    private PlatformUnderTest Platform => _platform!;

    public async ValueTask InitializeAsync() => _platform = await PlatformUnderTest.StartAsync(
        settings: [("RateLimits:LogInsPerMinute", "1000"), ("Proxies:0", "127.0.0.1")]);

    public ValueTask DisposeAsync() => Platform.DisposeAsync();

    [Theory]
    [InlineData("\u200B\u200B", false)]
    [InlineData("\u3164", false)]
    [InlineData("\u2800\u2800", false)]
    [InlineData("\u0301\u0302", false)]            // combining marks without a letter
    [InlineData("A\u202Etitle", false)]            // reverses the direction
    [InlineData("A\u200Dtitle\u200D", false)]
    [InlineData("👩\u200D👩\u200D👧", true)]        // three joined emoji
    [InlineData("★ 2026 ★ 제목", true)]
    public async Task Titles_without_visible_characters_are_rejected(string title, bool isAccepted)
    {
        var creator = await Platform.LogInAsync("creator");

        (await creator.PostAsync("/api/videos", new { title, lengthSeconds = 10 })).Should(isAccepted ? 201 : 400);
    }

    [Theory]
    [InlineData("/\t/other.example/x.mp4")]
    [InlineData("/\n/other.example/x.mp4")]
    [InlineData("/media/\0.mp4")]
    [InlineData("https://media.example/\tx.mp4")]
    [InlineData("/media/x y.mp4")]
    public async Task A_source_has_no_control_characters_and_no_spaces(string source)
    {
        var creator = await Platform.LogInAsync("creator");

        (await creator.PostAsync("/api/videos", new { title = "A video", lengthSeconds = 10, source }))
            .ShouldBeProblem(400, "not an address");
    }

    [Fact]
    public async Task An_ad_longer_than_the_interval_between_ads_is_rejected()
    {
        var admin = await Platform.LogInAsync("admin");

        (await admin.PostAsync("/api/ads", new { title = "Soap", lengthSeconds = 300.001 })).ShouldBeProblem(400, "1 to 300");
        (await admin.PostAsync("/api/ads", new { title = "Soap", lengthSeconds = 300 })).Should(201);
    }

    [Fact]
    public async Task A_play_id_is_accepted_with_and_without_hyphens()
    {
        var creator = await Platform.LogInAsync("creator");
        var video = (await creator.PostAsync("/api/videos", new { title = "A video", lengthSeconds = 10 })).Json.GetProperty("videoId")
            .GetString();
        var id = Guid.NewGuid();

        foreach (var playId in (string[])[id.ToString("N"), id.ToString("D")])
        {
            var play = (await Platform.Anonymous.PostAsync($"/api/videos/{video}/plays", new { playId }))
                .Should(201).Json.GetProperty("play");
            play.GetProperty("playId").GetString().Should().Be(id.ToString("N"));
            (await Platform.Anonymous.GetAsync($"/api/plays/{playId}")).Should(200);
        }

        (await Platform.Anonymous.PostAsync($"/api/videos/{video}/plays", new { playId = "mine" })).ShouldBeProblem(400, "32 hex digits");
    }

    [Fact]
    public async Task CSV_cells_that_look_like_formulas_are_escaped_and_lines_end_with_CRLF()
    {
        var admin = await Platform.LogInAsync("admin");
        await Platform.Service<SettlementEngine>().Events.LoadAsync(new[] { "=1+1", "-0Yhaei1S5oQ", "+a", "@b" }.Select((item, n) =>
            new UsageEvent(
            Guid.Parse(SampleProgram.Id(n + 1)), PlatformUnderTest.Noon, PlatformMeters.Views, item, $"={n}", 5)).ToAsyncEnumerable());
        await Platform.Service<SettlementEngine>().Writer.WriteBatchAsync(
            [new UsageEvent(Guid.Parse(SampleProgram.Id(9)), PlatformUnderTest.Noon, PlatformMeters.Views, "plain", "ann", -7)]);
        Platform.Clock.Advance(TimeSpan.FromDays(1));
        await Platform.Service<SettlementEngine>().Days.CloseThroughAsync(new DateOnly(2026, 3, 10));
        await admin.AuthorizeAsync(PlatformUnderTest.Password);

        var csv = (await admin.GetAsync("/api/settlement/lines.csv?period=day&date=2026-03-10&payee="))
            .Should(200).Text.TrimStart('\uFEFF');

        csv.Replace("\r\n", "", StringComparison.Ordinal).Should().NotContainAny("\r", "\n");
        var cells = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).SelectMany(row => row.Split(',')).ToList();
        cells.Should().Contain(["'=1+1", "'-0Yhaei1S5oQ", "'+a", "'@b", "'=0", "-7"]);
        cells.Where(IsFormula).Should().BeEmpty();

        static bool IsFormula(string cell) => cell is ['=' or '+' or '@', ..]
            || (cell.StartsWith('-') && !decimal.TryParse(cell, System.Globalization.CultureInfo.InvariantCulture, out _));
    }

    [Fact]
    public async Task Responses_of_the_api_are_not_cached()
    {
        var ann = await Platform.LogInAsync();

        var answer = await Platform.Anonymous.PostAsync(
            "/api/users/token", new { email = ann.Email, password = PlatformUnderTest.Password });

        answer.Should(200).Headers["Cache-Control"].Should().Contain("no-store");
        (await ann.GetAsync("/api/users/me")).Headers["Cache-Control"].Should().Contain("no-store");
    }

    [Theory]
    [InlineData("https", "platform.example", true)]
    [InlineData("http", "platform.example", false)]
    [InlineData("https", "localhost", false)]
    public async Task Strict_transport_security_is_sent_over_https_only(string scheme, string host, bool isSent)
    {
        var answer = await Platform.Anonymous.SendAsync(
            HttpMethod.Get, "/", null, ("Host", host), ("X-Forwarded-Proto", scheme), ("X-Forwarded-For", "198.51.100.7"));

        answer.Headers.ContainsKey("Strict-Transport-Security").Should().Be(isSent);
    }

    [Fact]
    public async Task The_Host_header_is_never_echoed_and_AllowedHosts_is_enforced()
    {
        using var browser = new TestBrowser(Platform.Address);

        (await browser.Client.SendAsync(HttpMethod.Get, "/openapi/v1.json", null, ("Host", "evil.example"))).Should(200).Text.Should()
            .NotContain("evil.example");
        var redirect = await browser.Client.SendAsync(HttpMethod.Get, "/studio", null, ("Host", "evil.example"));
        redirect.Should(302).Headers["Location"].Should().StartWith("/login?ReturnUrl=");

        await using var named = await PlatformUnderTest.StartAsync(settings: ("AllowedHosts", "platform.example"));
        (await named.Anonymous.SendAsync(HttpMethod.Get, "/api/videos", null, ("Host", "evil.example"))).Should(400);
        (await named.Anonymous.SendAsync(HttpMethod.Get, "/api/videos", null, ("Host", "platform.example"))).Should(200);
    }
}
