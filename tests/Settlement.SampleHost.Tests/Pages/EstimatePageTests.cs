using System.Net;
using System.Text.RegularExpressions;
using Settlement.SampleHost.Reports;
using Settlement.SampleHost.Tests.Api;
using Settlements;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>The estimate of open days on the pages of amounts, apart from published figures; for each store.</summary>
public abstract partial class EstimatePageContract
{
    private protected abstract Task<string?> MySqlAsync();

    [Fact]
    public async Task Pages_display_the_estimate_of_open_days_apart_from_published_figures()
    {
        await using var platform = await PlatformUnderTest.StartAsync(await MySqlAsync(), ("RateLimits:LogInsPerMinute", "1000"));
        var (ann, videoId) = await platform.RegisterAsync(lengthSeconds: 100);
        var second = (await ann.PostAsync("/api/videos", new { title = "Second", lengthSeconds = 100 })).Should(201).Json
            .GetProperty("videoId").GetString()!;
        var (_, others) = await platform.RegisterAsync(lengthSeconds: 100);
        await ViewAsync(videoId, 1);
        await platform.CloseDayAsync();
        await ViewAsync(videoId, 2);
        await ViewAsync(second, 3);
        await ViewAsync(others, 4);
        using var owner = new TestBrowser(platform.Address);
        await owner.LogInAsync(ann.Email);
        using var admin = new TestBrowser(platform.Address);
        await admin.LogInAsync((await platform.LogInAsync("admin")).Email);
        const string Month = "period=month&date=2026-03-11";
        await ExpectAsync(owner, $"/settlement?{Month}", estimate: null, published: 1);
        await ExpectAsync(admin, $"/settlement?{Month}", estimate: null, published: 1);
        platform.Clock.Advance(OpenEstimates.CachedFor);

        await RefreshAsync();
        foreach (var period in (string[])[Month, "period=range&from=2026-03-10&to=2026-03-12"])
        {
            await ExpectAsync(owner, $"/settlement?{period}", estimate: 5, published: 1);
            await ExpectAsync(owner, $"/studio?{period}", estimate: 5, published: 1);
            await ExpectAsync(owner, $"/settlement/video/{videoId}?{period}", estimate: 2, published: 1);
            await ExpectAsync(owner, $"/settlement/video/{second}?{period}", estimate: 3, published: null);
            await ExpectAsync(admin, $"/settlement?{period}&payee={ann.UserId}", estimate: 5, published: 1);
            await ExpectAsync(admin, $"/settlement?{period}", estimate: 9, published: 1);
        }

        await ExpectAsync(owner, "/settlement?period=day&date=2026-03-11", estimate: 5, published: null);
        await ExpectAsync(owner, "/settlement?period=day&date=2026-03-10", estimate: null, published: 1);

        // Everybody sees what was viewed today, and no amount.
        (await TextAsync(owner, $"/settlement?{Month}")).Should().MatchRegex(@"So far:\s+views 5, watched ");
        using var anybody = new TestBrowser(platform.Address);
        var home = await TextAsync(anybody, "/?period=day&date=2026-03-11");
        home.Should().MatchRegex(@"Open days so far, as of 12:\d\d:\s+views 9, watched ").And.NotContain("₩");
        RankedVideos().Matches(home).Select(rank => rank.Groups[1].Value).Take(3).Should().Equal(others, second, videoId);
        (await TextAsync(anybody, "/?period=month&date=2026-03-11")).Should().NotContain("so far");

        // Of all payees it is cached for seconds.
        await ViewAsync(others, 1);
        await RefreshAsync();
        await ExpectAsync(owner, $"/settlement?{Month}", estimate: 5, published: 1);
        platform.Clock.Advance(OpenEstimates.CachedFor);
        await ExpectAsync(admin, $"/settlement?{Month}", estimate: 10, published: 1);

        // On the next day, the time alone would be misleading.
        platform.Clock.Advance(TimeSpan.FromHours(14));
        await owner.LogInAsync(ann.Email);
        (await TextAsync(owner, $"/settlement?{Month}")).Should().MatchRegex(@"Estimate of the open days: ₩5, as of 11 Mar 2026 12:\d\d:\d\d\.");

        async Task ViewAsync(string id, int views)
        {
            for (var n = 0; n < views; n++)
                await platform.ViewAsync(await platform.LogInAsync(), id);
        }

        Task RefreshAsync() => platform.WhileAdvancingClockAsync(
            platform.Service<SettlementEngine>().Estimates.RefreshAsync(platform.Clock.GetUtcNow()));
    }

    private static async Task ExpectAsync(TestBrowser browser, string path, int? estimate, int? published)
    {
        var text = await TextAsync(browser, path);
        if (estimate is null)
            text.Should().NotContain("Estimated", path);
        else
            text.Should().MatchRegex($@"Estimate of the open days: ₩{estimate}, as of 12:\d\d\.", path);
        var main = MainFigure().Match(text);
        (main.Success ? main.Groups[1].Value : null).Should().Be(published is null ? null : $"₩{published}", path);
    }

    private static async Task<string> TextAsync(TestBrowser browser, string path) =>
        WebUtility.HtmlDecode((await browser.Client.GetAsync(path)).Should(200).Text);

    [GeneratedRegex("<div class=\"pair\"><a class=\"name\" href=\"/watch/([^\"]+)\"")]
    private static partial Regex RankedVideos();

    [GeneratedRegex("<div class=\"main\">.*?<dd>(.*?)</dd>", RegexOptions.Singleline)]
    private static partial Regex MainFigure();
}

public sealed class SqliteEstimatePageTests : EstimatePageContract
{
    private protected override Task<string?> MySqlAsync() => Task.FromResult<string?>(null);
}

public sealed class MySqlEstimatePageTests(MySqlForApi server) : EstimatePageContract
{
    private protected override async Task<string?> MySqlAsync() => await server.CreateAsync();
}
