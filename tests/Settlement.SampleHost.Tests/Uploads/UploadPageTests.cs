using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Settlement.SampleHost.Tests.Api;
using Settlement.SampleHost.Tests.Pages;

namespace Settlement.SampleHost.Tests.Uploads;

/// <summary>The pages of uploads and of the player, in a browser.</summary>
public sealed class UploadPageTests(Chromium chromium)
{
    private const string Title = "A square that moves";

    [Fact]
    public async Task An_uploaded_video_is_played_continued_and_settled()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        await using var creator = await chromium.VisitAsync(platform.Address);
        await using var viewer = await chromium.VisitAsync(platform.Address);
        var owner = await platform.LogInAsync("creator");
        await creator.LogInAsync(owner.Email);

        var videoId = await UploadAsync(creator);
        await viewer.LogInAsync((await platform.LogInAsync()).Email);
        await viewer.GoAsync("/videos");
        await viewer.Page.WaitForFunctionAsync("() => document.querySelector('.poster img')?.naturalWidth > 0");
        await PlayWithKeysAsync(platform, viewer.Page, videoId);
        await viewer.GoAsync("/");
        (await viewer.TextAsync("section[aria-labelledby=continue] li")).Should().Contain(Title).And.Contain("Stopped at 0:0");

        await platform.CloseDayAsync();
        await creator.LogInAsync(owner.Email);
        await creator.GoAsync("/studio?period=day");
        (await creator.TextAsync("#videos tbody tr")).Should().Contain(Title).And.Contain("public").And.Contain("₩1");
        foreach (var visitor in (Visitor[])[creator, viewer])
            visitor.ConsoleErrors.Should().BeEmpty();
    }

    [Fact]
    public async Task The_form_reports_files_that_are_not_accepted_and_keeps_the_page()
    {
        await using var platform = await PlatformUnderTest.StartAsync(settings: ("Uploads:VideoBytesMax", "20000"));
        await using var creator = await chromium.VisitAsync(platform.Address, locale: "ko-KR");
        await creator.LogInAsync((await platform.LogInAsync("creator")).Email);
        await creator.GoAsync("/studio/new");

        await ChooseAsync(creator.Page, "video/mp4", SampleFiles.Text("<svg/>"));
        await creator.Page.WaitForSelectorAsync("#file-status:has-text('MP4 또는 WebM 동영상이 아닙니다')");
        await ChooseAsync(creator.Page, "image/svg+xml", SampleFiles.Text("<svg/>"));
        await creator.Page.WaitForSelectorAsync("#file-status:has-text('MP4 또는 WebM 동영상이 아닙니다')");
        await ChooseAsync(creator.Page, "video/webm", new byte[20_001]);
        await creator.Page.WaitForSelectorAsync("#file-status:has-text('19.5 kB보다 큽니다')");
        await ChooseAsync(creator.Page, "video/webm", SampleFiles.WebM[..^1]);
        await creator.Page.WaitForSelectorAsync("#file-status:has-text('손상되었거나')");
        (await creator.Page.InputValueAsync("#source")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_failed_or_cancelled_upload_keeps_the_file_before_and_the_status_of_a_picture_is_its_own()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        await using var creator = await chromium.VisitAsync(platform.Address);
        var page = creator.Page;
        await creator.LogInAsync((await platform.LogInAsync("creator")).Email);
        await creator.GoAsync("/studio/new");
        await ChooseAsync(page, "video/webm", SampleFiles.WebM);
        await page.WaitForSelectorAsync("#thumbnail-picture:not([hidden])");
        await page.FillAsync("#minutes", "1");
        var first = await ValuesAsync();
        first.Should().StartWith("/api/uploads/").And.Contain("blob:");

        await ChooseAsync(page, "video/webm", SampleFiles.WebM[..^1]);
        await page.WaitForSelectorAsync("#file-status:has-text('damaged')");
        (await ValuesAsync()).Should().Be(first, "the second file is not stored");

        // The server does not respond, so the upload is under way until it is cancelled.
        await page.RouteAsync("**/api/uploads", _ => Task.CompletedTask);
        await ChooseAsync(page, "video/webm", SampleFiles.LiveWebM);
        await page.ClickAsync("#file-cancel");
        await page.WaitForSelectorAsync("#file-status:has-text('was cancelled')");
        (await ValuesAsync()).Should().Be(first);
        await ChooseAsync(page, "video/webm", SampleFiles.LiveWebM);
        await ChooseAsync(page, "image/svg+xml", SampleFiles.LiveWebM);
        await page.WaitForSelectorAsync("#file-status:has-text('not an MP4 or WebM video')");
        await page.WaitForSelectorAsync("#file-cancel[hidden]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        (await ValuesAsync()).Should().Be(first);

        await page.UnrouteAsync("**/api/uploads");
        await page.RouteAsync("**/api/uploads", route => route.FulfillAsync(
            new RouteFulfillOptions { Status = 413, ContentType = "application/problem+json", Body = "{\"title\":\"Storage is full\"}" }));
        await page.ClickAsync("#frame-take");
        await page.WaitForSelectorAsync("#frame-status:has-text('Your storage is full')");
        (await creator.TextAsync("#file-status")).Should().Contain("not an MP4 or WebM video");
        (await ValuesAsync()).Should().Be(first);

        Task<string> ValuesAsync() => page.EvaluateAsync<string>(
            """
            [...['source', 'thumbnail', 'minutes', 'seconds'].map(id => document.getElementById(id).value),
             document.querySelector('#frame-video').src].join(' ')
            """);
    }

    [Theory]
    [InlineData("en", "\\b(count|settle|paid|earn|revenue)")]
    [InlineData("ko", "집계|정산|수익")]
    public async Task The_viewers_page_has_no_accounting_words(string language, string words)
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (_, videoId) = await platform.RegisterAsync(lengthSeconds: 700);

        var page = (await platform.Anonymous.SendAsync(HttpMethod.Get, $"/watch/{videoId}", null, ("Accept-Language", language)))
            .Should(200).Text;

        var main = System.Net.WebUtility.HtmlDecode(
            page[page.IndexOf("<main", StringComparison.Ordinal)..page.IndexOf("</main", StringComparison.Ordinal)]);
        main.Should().NotMatchRegex($"(?i){words}").And.Contain("data-texts");
    }

    private static async Task<string> UploadAsync(Visitor creator)
    {
        var page = creator.Page;
        await creator.GoAsync("/studio/new");
        await ChooseAsync(page, "video/webm", SampleFiles.WebM);
        await page.WaitForSelectorAsync("#upload[data-state=sent]");
        await page.WaitForSelectorAsync("#thumbnail-picture:not([hidden])");
        (await page.InputValueAsync("#minutes")).Should().Be("0");
        (await page.InputValueAsync("#seconds")).Should().StartWith("5.9", "the length is read from the file");
        (await page.RunAxe()).Violations.Where(v => v.Impact is "serious" or "critical").Select(v => v.Help).Should().BeEmpty();

        // Longer than the file, which is then repeated: the test advances the player's clock by five seconds at a time.
        await page.FillAsync("#minutes", "1");
        await page.FillAsync("#title", Title);
        await page.FillAsync("#description", "First line.\n<b>Second line.</b>");
        await page.SelectOptionAsync("#visibility", "public");
        await page.ClickAsync("main button[type=submit]");
        (await page.Locator("#done").InnerTextAsync()).Should().Contain($"“{Title}” was registered");
        return (await page.Locator("#videos th a").GetAttributeAsync("href"))!.Split('/')[^1];
    }

    private static async Task PlayWithKeysAsync(PlatformUnderTest platform, IPage page, string videoId)
    {
        await page.OpenAsync(videoId);
        (await page.InnerTextAsync(".description")).Should().Be("First line.\n<b>Second line.</b>");
        await page.StartAsync();
        await page.Keyboard.PressAsync("k");
        await StateAsync(page, "state", "paused");
        await page.Keyboard.PressAsync("k");
        await StateAsync(page, "state", "playing");

        // The browser queues the event of a pause: it can arrive when the video plays again.
        await page.EvaluateAsync("document.querySelector('#clip').dispatchEvent(new Event('pause'))");
        await StateAsync(page, "state", "playing");
        await page.ClickAsync(".screen");
        await StateAsync(page, "state", "paused");
        await page.Keyboard.PressAsync("Space");
        await StateAsync(page, "state", "playing");
        await page.Keyboard.PressAsync("m");
        (await page.GetAttributeAsync("#mute", "aria-pressed")).Should().Be("true");
        await page.Keyboard.PressAsync("ArrowUp");
        await page.Keyboard.PressAsync("ArrowUp");
        (await page.InputValueAsync("#volume")).Should().Be("20");
        (await page.GetAttributeAsync("#mute", "aria-pressed")).Should().Be("false");
        await platform.AdvanceUntilAsync(page, "player.view === 'counted'", 60);
        var before = await PositionAsync(page);
        await page.Keyboard.PressAsync("ArrowLeft");
        (await PositionAsync(page)).Should().Be(Math.Max(0, before - 5));
        await platform.AdvanceUntilAsync(page, "player.position >= 2", 60);
        await page.ClickAsync("#stop");
        await page.WaitForSelectorAsync("#cover-text:has-text('Stopped at')");
        await page.ReloadAsync();
        (await page.InputValueAsync("#volume")).Should().Be("20", "the volume is kept");
    }

    private static async Task<decimal> PositionAsync(IPage page) =>
        decimal.Parse((await page.GetAttributeAsync("#player", "data-position"))!, System.Globalization.CultureInfo.InvariantCulture);

    private static Task<IJSHandle> StateAsync(IPage page, string name, string value) => page.WaitForFunctionAsync(
        "([name, value]) => document.querySelector('#player').dataset[name] === value", (string[])[name, value]);

    /// <summary>Chooses a file. The status is empty until it is of this file.</summary>
    private static async Task ChooseAsync(IPage page, string type, byte[] content)
    {
        await page.EvaluateAsync("document.querySelector('#file-status').textContent = ''");
        await page.SetInputFilesAsync("#file", new FilePayload { Name = "clip.webm", MimeType = type, Buffer = content });
    }
}
