using System.Net;
using System.Text.RegularExpressions;
using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>What pages contain, read without a browser.</summary>
public sealed partial class ScreenTests
{
    [Fact]
    public async Task All_errors_of_a_form_are_displayed_at_once_each_at_its_field()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        using var browser = new TestBrowser(platform.Address);

        var page = await SendAsync(browser, "/signup", "signup", ("Name", "\u200B"), ("Email", "ann"), ("Password", "short"));

        page.Status.Should().Be(400);
        ErrorOf(page.Text, "name").Should().Contain("The display name has 1 characters. Use 1 to 60");
        ErrorOf(page.Text, "email").Should().Contain("'ann' is not an e-mail address");
        ErrorOf(page.Text, "password").Should().Contain("at least 10 characters");
        page.Text.Should().Contain("Check the marked fields").And.Contain("value=\"ann\"", "the input stays");
        (await platform.Anonymous.PostAsync("/api/users", new { email = "ann", password = "short", displayName = "\u200B" }))
            .Should(400).Json.GetProperty("errors").EnumerateObject().Select(e => e.Name).Should()
            .Equal("email", "displayName", "password");
    }

    [Fact]
    public async Task Errors_of_videos_and_ads_are_in_the_language_of_the_page()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var user = await platform.LogInAsync("creator", "admin");
        using var browser = new TestBrowser(platform.Address);
        await browser.LogInAsync(user.Email);
        browser.Client.Http.DefaultRequestHeaders.Add("Accept-Language", "ko");

        foreach (var (path, form, length) in (
            (string, string, string)[])[("/studio/new", "video", "length"), ("/admin/ads", "ad", "seconds")])
        {
            var (status, text, _) = await SendAsync(
                browser, path, form, ("Title", ""), ("Minutes", "x"), ("Seconds", "0"), ("Source", "ftp://example.com"));

            status.Should().Be(400);
            ErrorOf(text, "title").Should().Contain("제목이 0자입니다");
            ErrorOf(text, length).Should().Contain("길이가 0초입니다");
            ErrorOf(text, "source").Should().Contain("주소가 아닙니다");
            text.Should().NotContain("lang=\"en\">", "nothing is displayed in English, except the button of the language")
                .And.Contain("표시된 항목을 확인해 주세요");
        }
    }

    [Fact]
    public async Task Charts_are_drawn_on_the_server_and_payees_are_displayed_by_name()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (creator, videoId) = await platform.RegisterAsync(lengthSeconds: 700);
        await platform.ViewAsync(await platform.LogInAsync(), videoId);
        await platform.CloseDayAsync();
        using var browser = new TestBrowser(platform.Address);
        await browser.LogInAsync((await platform.LogInAsync("admin")).Email);

        var page = WebUtility.HtmlDecode((await browser.Client.GetAsync("/settlement")).Should(200).Text);
        page.Should().Contain("<svg class=\"plot\" role=\"img\"").And.Contain("₩1 in all on 1 closed days; the highest on 10 Mar: ₩1")
            .And.Contain("<rect class=\"views\"").And.NotContain("blazor");
        Words(page).Should().Contain("User 2").And.NotContain(creator.UserId, "an id means nothing to a person");
        Words((await browser.Client.GetAsync($"/settlement?payee={creator.UserId}")).Should(200).Text).Should()
            .Contain($"Payee id {creator.UserId}", "it is a detail of the payee's page");
        (await browser.Client.GetAsync("/settlement?sort=views")).Should(200).Text.Should().Contain("aria-sort=\"descending\"");
        (await browser.Client.GetAsync("/settlement?sort=1")).Should(400);

        using var own = new TestBrowser(platform.Address);
        await own.LogInAsync(creator.Email);
        var row = VideoRow().Match((await own.Client.GetAsync("/studio")).Should(200).Text).Value;
        Words(row).Should().ContainAll("Rivers of Korea", "public", "2 ads", "11:40", "₩1");
    }

    [Fact]
    public async Task The_admins_list_begins_with_people_and_can_list_channels()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var admin = await platform.LogInAsync("admin");
        await platform.Service<Users.UserTable>().TryAddAsync(
            new Users.PlatformUser { DisplayName = "A channel", PayeeId = "A channel" }, TestContext.Current.CancellationToken);
        using var browser = new TestBrowser(platform.Address);
        await browser.LogInAsync(admin.Email);

        (await ListAsync("")).Should().Contain(admin.Email).And.NotContain("A channel");
        (await ListAsync("?show=channels")).Should().Contain("A channel").And.NotContain(admin.Email);
        (await ListAsync("?show=all")).Should().Contain("A channel").And.Contain(admin.Email);
        (await browser.Client.GetAsync("/admin/users?show=none")).Should(400);

        async Task<string> ListAsync(string query) => Words(Body().Match(
            (await browser.Client.GetAsync($"/admin/users{query}")).Should(200).Text).Value);
    }

    [Theory]
    [InlineData("0", 0, 1, "0 1")]
    [InlineData("3 -1", -1, 3, "-1 0 1 2 3")]
    [InlineData("7", 0, 8, "0 2 4 6 8")]
    [InlineData("1451 12", 0, 1_500, "0 500 1000 1500")]
    [InlineData("79228162514264337593543950335", 0, 0, null)]
    public void Axes_of_charts_have_round_ticks(string values, int first, int last, string? ticks)
    {
        var scale = SampleHost.Pages.Parts.ChartScale.Of(
            values.Split(' ').Select(v => decimal.Parse(v, System.Globalization.CultureInfo.InvariantCulture) / (ticks is null ? 10 : 1)));

        if (ticks is null)
        {
            scale.Ticks.Should().HaveCountLessThanOrEqualTo(6);
            return;
        }

        (scale.First, scale.Last).Should().Be((first, last));
        string.Join(' ', scale.Ticks).Should().Be(ticks);
        scale.Top(scale.First).Should().Be("100%");
        scale.Top(scale.Last).Should().Be("0%");
    }

    [Fact]
    public void Charts_of_long_periods_are_drawn_by_week()
    {
        // 1 January 2026 is a Thursday.
        var days = Enumerable.Range(0, 365).Select(n => new SampleHost.Reports.DayEarnings(
            new DateOnly(2026, 1, 1).AddDays(n), IsClosed: n == 5, Views: n, n, 0, 0)).ToList();

        var weeks = SampleHost.Pages.Parts.TrendPoint.List(days, SampleHost.Reports.ReportPeriodKind.Range);

        weeks.Should().HaveCount(53).And.OnlyContain(w => w.IsWeek);
        weeks[0].Should().Match<SampleHost.Pages.Parts.TrendPoint>(w => w.Label == "1 Jan – 4 Jan" && w.Views == 6 && !w.IsClosed);
        weeks[1].Should().Match<SampleHost.Pages.Parts.TrendPoint>(w => w.Label == "5 Jan – 11 Jan" && w.IsClosed);
        weeks.Sum(w => w.ViewAmount).Should().Be(days.Sum(d => d.VideoAmount));
        SampleHost.Pages.Parts.TrendPoint.List([.. days.Take(62)], SampleHost.Reports.ReportPeriodKind.Range).Should().HaveCount(62);
    }

    [Fact]
    public async Task Days_before_the_first_event_are_not_called_open()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (creator, videoId) = await platform.RegisterAsync(lengthSeconds: 100);
        await platform.ViewAsync(await platform.LogInAsync(), videoId);
        await platform.CloseDayAsync();
        using var browser = new TestBrowser(platform.Address);
        await browser.LogInAsync(creator.Email);

        var words = Words((await browser.Client.GetAsync("/settlement?period=this-year")).Should(200).Text);
        var days = (await browser.Client.GetAsync("/api/settlement/days?from=2026-03-08&to=2026-03-12")).Should(200).Json.EnumerateArray();

        words.Should().ContainAll(
            "1 Jan – 4 Jan before the first event", "2 Mar – 8 Mar before the first event", "9 Mar – 15 Mar 1",
            "16 Mar – 22 Mar not closed yet");
        days.Select(d => (d.GetProperty("isClosed").GetBoolean(), d.GetProperty("isBeforeFirst").GetBoolean())).Should().Equal(
            (false, true), (false, true), (true, false), (false, false), (false, false));
    }

    [Fact]
    public void Every_video_of_the_demo_has_its_title()
    {
        var titles = DemoData.TitlesFile.Read();

        titles.Keys.Should().BeEquivalentTo(DemoData.TrendingFile.Read(new DemoData.DemoDays(0)).Select(r => r.VideoId).Distinct());
        titles["-1fzGnFwz9M"].Should().Be("9 Things You Need To Know About Kittens - Simon's Cat | 101");
        titles.Values.Should().OnlyContain(
            t => t.Length > 0 && t.Length <= SampleHost.Content.DraftValidator.TitleLengthMax
                && !t.Contains("\"\"", StringComparison.Ordinal));
    }

    private static async Task<(int Status, string Text, string? Location)> SendAsync(
        TestBrowser browser, string path, string form, params (string Name, string Value)[] fields)
    {
        var all = await browser.OpenFormAsync(path, form);
        foreach (var (name, value) in fields)
            all[name] = value;
        var (status, text, location) = await browser.SendFormAsync(path, all);
        return (status, WebUtility.HtmlDecode(text), location);
    }

    /// <summary>Returns the error that the input refers to.</summary>
    private static string ErrorOf(string page, string id)
    {
        Regex.IsMatch(page, $"aria-describedby=\"[^\"]*{id}-error\"").Should().BeTrue("a field refers to #{0}-error", id);
        return Regex.Match(page, $"id=\"{id}-error\">.*?</(div|fieldset)>", RegexOptions.Singleline).Value;
    }

    private static string Words(string html) => WebUtility.HtmlDecode(Spaces().Replace(Tags().Replace(html, " "), " "));

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("id=\"videos\".*?</tbody>", RegexOptions.Singleline)]
    private static partial Regex VideoRow();

    [GeneratedRegex("id=\"accounts\".*?</tbody>", RegexOptions.Singleline)]
    private static partial Regex Body();
}
