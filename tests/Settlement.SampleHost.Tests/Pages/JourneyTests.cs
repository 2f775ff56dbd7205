using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>The complete journey of a video, from the creation of an account to the download of its earnings.</summary>
public abstract partial class JourneyContract(Chromium chromium)
{
    private protected abstract Task<PlatformUnderTest> StartAsync();

    [Fact]
    public async Task A_video_is_registered_watched_ranked_settled_and_downloaded()
    {
        await using var platform = await StartAsync();
        await using var admin = await chromium.VisitAsync(platform.Address);
        await using var creator = await chromium.VisitAsync(platform.Address);
        await using var viewer = await chromium.VisitAsync(platform.Address);

        var adminEmail = (await platform.LogInAsync("admin")).Email;
        await admin.LogInAsync(adminEmail);
        await RegisterAdAsync(admin.Page, "Soap");
        await BecomeCreatorAsync(creator, admin, "Ann");
        var videoId = await RegisterVideoAsync(creator.Page, "Rivers of Korea", minutes: 11, seconds: 40);
        await SignUpAsync(viewer.Page, "Bob");
        await WatchAndStopAsync(platform, viewer.Page, videoId);
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await ResumeAndFinishAsync(platform, viewer.Page, videoId);

        platform.Clock.Advance(TimeSpan.FromDays(1));
        await admin.LogInAsync(adminEmail);
        await CloseManuallyAsync(platform, admin.Page);
        await viewer.GoAsync("/");
        (await viewer.TextAsync("#top-views li")).Should().Contain("Rivers of Korea").And.Contain("Ann").And.Contain("2");

        // Whole seconds of each of the two plays: 11 min 40 s in all, or one less; less where the browser could not keep up. Never more.
        var watched = Watched().Match(await viewer.TextAsync("#top-seconds li"));
        (int.Parse(watched.Groups[1].Value, null) * 60 + int.Parse(watched.Groups[2].Value, null)).Should().BeInRange(300, 700);
        await creator.LogInAsync("ann@example.com");
        await ReadExplanationAsync(creator);
        await creator.Page.ClickAsync(".who button");
        await creator.Page.WaitForSelectorAsync("text=Log in");
        foreach (var visitor in (Visitor[])[admin, creator, viewer])
            visitor.ConsoleErrors.Should().BeEmpty();
    }

    [GeneratedRegex("([0-9]+) min ([0-9]+) s")]
    private static partial Regex Watched();

    private static async Task SignUpAsync(IPage page, string name)
    {
        await page.GotoAsync("/");
        await page.ClickAsync("text=Sign up");
        await page.FillAsync("#name", name);
        await page.FillAsync("#email", $"{name.ToLowerInvariant()}@example.com");
        await page.FillAsync("#password", PlatformUnderTest.Password);
        await page.ClickAsync("main button[type=submit]");
        await page.WaitForSelectorAsync($".who >> text={name}");
        (await page.Locator("#done").InnerTextAsync()).Should().Contain("Your account was created");
    }

    private static async Task BecomeCreatorAsync(Visitor creator, Visitor admin, string name)
    {
        await SignUpAsync(creator.Page, name);
        await creator.Page.GotoAsync("/account");
        await creator.Page.ClickAsync("#studio button");
        await creator.Page.WaitForSelectorAsync("#studio [role=status]");
        await admin.Page.GotoAsync("/admin");
        await admin.Page.ClickAsync($"#requests button:has-text('Make a creator {name}')");
        await admin.Page.WaitForSelectorAsync("text=The roles were changed");
        await creator.Page.GotoAsync("/studio");
        await creator.Page.ArriveAsync("/studio");
    }

    private static async Task RegisterAdAsync(IPage page, string title)
    {
        await page.GotoAsync("/admin/ads");
        await page.FillAsync("#title", title);
        await page.ClickAsync("#new button");
        await page.WaitForSelectorAsync($"#done:has-text('“{title}” was registered')");
        (await page.Locator("#list").InnerTextAsync()).Should().Contain(title);
    }

    private static async Task<string> RegisterVideoAsync(IPage page, string title, int minutes, int seconds)
    {
        await page.ClickAsync("text=Register a video");
        await page.FillAsync("#title", title);
        await page.FillAsync("#minutes", $"{minutes}");
        await page.FillAsync("#seconds", $"{seconds}");
        await page.ClickAsync("main button[type=submit]");
        (await page.Locator("#done").InnerTextAsync()).Should().Contain($"“{title}” was registered");
        var link = page.Locator($"#videos th a:has-text('{title}')");
        return (await link.GetAttributeAsync("href"))!.Split('/')[^1];
    }

    private static async Task WatchAndStopAsync(PlatformUnderTest platform, IPage page, string videoId)
    {
        await page.OpenAsync(videoId);
        await page.StartAsync();
        (await page.Locator("#player").GetAttributeAsync("data-view")).Should().Be("pending", "the minimum is not watched yet");
        await platform.AdvanceUntilAsync(page, "player.position >= 10", 60);
        await page.WaitForSelectorAsync("#player[data-view=counted]");
        await platform.AdvanceUntilAsync(page, "player.state === 'ad'", 400);
        (await page.Locator("#tag").InnerTextAsync()).Should().MatchRegex("Advertisement: Soap · [0-9]+ s");
        (await page.Locator("#clock").InnerTextAsync()).Should().Be("5:00 / 11:40");
        (await page.Locator("#seek").IsDisabledAsync()).Should().BeTrue("ads can't be skipped");
        await platform.AdvanceUntilAsync(page, "player.state === 'playing' && player.position > 310", 200);
        await page.ClickAsync("#stop");
        await page.WaitForSelectorAsync("#cover-text:has-text('Stopped at 5:')");
    }

    private static async Task ResumeAndFinishAsync(PlatformUnderTest platform, IPage page, string videoId)
    {
        await page.GotoAsync("/");
        await page.GotoAsync($"/watch/{videoId}");
        (await page.Locator("#cover-text").InnerTextAsync()).Should().StartWith("You stopped at 5:");
        await page.StartAsync();
        (await page.Locator("#clock").InnerTextAsync()).Should().StartWith("5:");
        await platform.AdvanceUntilAsync(page, "player.state === 'ad'", 600);
        (await page.Locator("#clock").InnerTextAsync()).Should().Be("10:00 / 11:40");
        await platform.AdvanceUntilAsync(page, "player.state === 'over'", 400);
        await page.WaitForSelectorAsync("text=You watched it to the end.");
    }

    private static async Task CloseManuallyAsync(PlatformUnderTest platform, IPage page)
    {
        await page.GotoAsync("/admin/runs");
        (await page.Locator("#through").InputValueAsync()).Should().Be("2026-03-10", "it is the next open day");
        await page.ClickAsync("#close button");
        await platform.WhileAdvancingClockAsync(page.WaitForSelectorAsync("#confirm"));
        (await page.Locator("#confirm").InnerTextAsync()).Should().Contain("This closes 10 Mar 2026. A closed day never changes.");
        await page.ClickAsync("#confirm button");
        await platform.WhileAdvancingClockAsync(page.WaitForSelectorAsync("#closes .badge.good"));
        (await page.Locator("#closes tbody tr").InnerTextAsync()).Should().Contain("10 Mar 2026").And.Contain("done").And.Contain("User 1");
    }

    private static async Task ReadExplanationAsync(Visitor creator)
    {
        var page = creator.Page;
        await creator.GoAsync("/settlement?period=day");
        (await creator.TextAsync("#total .main dd")).Should().Be("₩22", "2 views at 1 and 2 ad views at 10");
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("text=\"CSV\""));
        using (var reader = new StreamReader(await download.CreateReadStreamAsync()))
            (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Should()
                .Contain("video.view").And.Contain("ad.view").And.Contain("Rivers of Korea");
        await page.ClickAsync(".videogrid tbody a");
        await page.WaitForSelectorAsync("h1:has-text('Rivers of Korea')");
        (await page.Locator("tbody").InnerTextAsync()).Should()
            .Contain("ad at 5:00").And.Contain("ad at 10:00").And.Contain("views of the video");
        await page.ClickAsync("tr:has-text('views of the video') >> text=Why this amount?");
        await page.WaitForSelectorAsync("text=Tier 1");
        (await page.Locator("tfoot .sum").InnerTextAsync()).Should().Contain("₩2");
    }
}

public sealed class SqliteJourneyTests(Chromium chromium) : JourneyContract(chromium)
{
    private protected override Task<PlatformUnderTest> StartAsync() => PlatformUnderTest.StartAsync();
}

public sealed class MySqlJourneyTests(Chromium chromium, MySqlForApi server) : JourneyContract(chromium)
{
    private protected override async Task<PlatformUnderTest> StartAsync() => await PlatformUnderTest.StartAsync(await server.CreateAsync());
}
