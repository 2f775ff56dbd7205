using System.Net;
using System.Text;
using Settlements;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>What others send to be shown, followed or run somewhere else.</summary>
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
    [InlineData("\u0301\u0302", false)]            // marks without a letter
    [InlineData("A\u202Etitle", false)]            // turns the line around
    [InlineData("A\u200Dtitle\u200D", false)]
    [InlineData("👩\u200D👩\u200D👧", true)]        // an emoji of three, joined
    [InlineData("★ 2026 ★ 제목", true)]
    public async Task A_title_is_visible(string title, bool isTaken)
    {
        var creator = await Platform.LogInAsync("creator");

        (await creator.PostAsync("/api/videos", new { title, lengthSeconds = 10 })).Should(isTaken ? 201 : 400);
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

        (await creator.PostAsync("/api/videos", new { title = "A video", lengthSeconds = 10, source })).ShouldBeProblem(400, "no address");
    }

    [Fact]
    public async Task An_ad_is_no_longer_than_the_time_between_two()
    {
        var admin = await Platform.LogInAsync("admin");

        (await admin.PostAsync("/api/ads", new { title = "Soap", lengthSeconds = 300.001 })).ShouldBeProblem(400, "1 to 300");
        (await admin.PostAsync("/api/ads", new { title = "Soap", lengthSeconds = 300 })).Should(201);
    }

    [Fact]
    public async Task A_play_id_is_taken_as_it_is_answered_and_with_hyphens()
    {
        var creator = await Platform.LogInAsync("creator");
        var video = (await creator.PostAsync("/api/videos", new { title = "A video", lengthSeconds = 10 })).Json.GetProperty("videoId").GetString();
        var id = Guid.NewGuid();

        foreach (var playId in (string[])[id.ToString("N"), id.ToString("D")])
        {
            var play = (await Platform.Anonymous.PostAsync($"/api/videos/{video}/plays", new { playId })).Should(201).Json.GetProperty("play");
            play.GetProperty("playId").GetString().Should().Be(id.ToString("N"));
            (await Platform.Anonymous.GetAsync($"/api/plays/{playId}")).Should(200);
        }

        (await Platform.Anonymous.PostAsync($"/api/videos/{video}/plays", new { playId = "mine" })).ShouldBeProblem(400, "32 hex digits");
    }

    [Fact]
    public async Task Cells_of_the_csv_that_begin_like_a_formula_are_text_and_lines_end_as_rfc_4180_says()
    {
        var admin = await Platform.LogInAsync("admin");
        await Platform.Service<SettlementEngine>().Events.LoadAsync(new[] { "=1+1", "-0Yhaei1S5oQ", "+a", "@b" }.Select((item, n) => new UsageEvent(
            Guid.Parse(SampleProgram.Id(n + 1)), PlatformUnderTest.Noon, PlatformMeters.Views, item, $"={n}", 5)).ToAsyncEnumerable());
        await Platform.Service<SettlementEngine>().Writer.WriteBatchAsync(
            [new UsageEvent(Guid.Parse(SampleProgram.Id(9)), PlatformUnderTest.Noon, PlatformMeters.Views, "plain", "ann", -7)]);
        Platform.Clock.Advance(TimeSpan.FromDays(1));
        await Platform.Service<SettlementEngine>().Days.CloseThroughAsync(new DateOnly(2026, 3, 10));
        await admin.AuthorizeAsync(PlatformUnderTest.Password);

        var csv = (await admin.GetAsync("/api/settlement/lines.csv?period=day&date=2026-03-10&payee=")).Should(200).Text.TrimStart('\uFEFF');

        csv.Replace("\r\n", "", StringComparison.Ordinal).Should().NotContainAny("\r", "\n");
        var cells = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).SelectMany(row => row.Split(',')).ToList();
        cells.Should().Contain(["'=1+1", "'-0Yhaei1S5oQ", "'+a", "'@b", "'=0", "-7"]);
        cells.Where(IsFormula).Should().BeEmpty();

        static bool IsFormula(string cell) => cell is ['=' or '+' or '@', ..]
            || (cell.StartsWith('-') && !decimal.TryParse(cell, System.Globalization.CultureInfo.InvariantCulture, out _));
    }

    [Fact]
    public async Task Tokens_are_not_stored_by_anybody_on_the_way()
    {
        var ann = await Platform.LogInAsync();

        var answer = await Platform.Anonymous.PostAsync("/api/users/token", new { email = ann.Email, password = PlatformUnderTest.Password });

        answer.Should(200).Headers["Cache-Control"].Should().Contain("no-store");
        (await ann.GetAsync("/api/users/me")).Headers["Cache-Control"].Should().Contain("no-store");
    }

    [Theory]
    [InlineData("https", "platform.example", true)]
    [InlineData("http", "platform.example", false)]
    [InlineData("https", "localhost", false)]
    public async Task A_host_with_https_says_that_it_is_to_be_asked_by_that_alone(string scheme, string host, bool says)
    {
        var answer = await Platform.Anonymous.SendAsync(HttpMethod.Get, "/", null, ("Host", host), ("X-Forwarded-Proto", scheme), ("X-Forwarded-For", "198.51.100.7"));

        answer.Headers.ContainsKey("Strict-Transport-Security").Should().Be(says);
    }

    [Fact]
    public async Task The_host_header_is_echoed_by_no_answer_and_a_named_host_refuses_others()
    {
        using var browser = new TestBrowser(Platform.Address);

        (await browser.Client.SendAsync(HttpMethod.Get, "/openapi/v1.json", null, ("Host", "evil.example"))).Should(200).Text.Should().NotContain("evil.example");
        var redirect = await browser.Client.SendAsync(HttpMethod.Get, "/studio", null, ("Host", "evil.example"));
        redirect.Should(302).Headers["Location"].Should().StartWith("/login?ReturnUrl=");

        await using var named = await PlatformUnderTest.StartAsync(settings: ("AllowedHosts", "platform.example"));
        (await named.Anonymous.SendAsync(HttpMethod.Get, "/api/videos", null, ("Host", "evil.example"))).Should(400);
        (await named.Anonymous.SendAsync(HttpMethod.Get, "/api/videos", null, ("Host", "platform.example"))).Should(200);
    }

    [Theory]
    [InlineData("https://evil.example", 403)]
    [InlineData(null, 200)]
    public async Task Circuits_are_for_pages_of_this_host(string? origin, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/_blazor/negotiate?negotiateVersion=1", UriKind.Relative))
        {
            Content = new StringContent("", Encoding.UTF8),
        };
        if (origin is not null)
            request.Headers.Add("Origin", origin);

        using var answer = await Platform.Anonymous.Http.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.Should().Be((HttpStatusCode)status);
    }
}
