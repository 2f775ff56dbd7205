using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>Pages of days that are open, and of days that wait to be closed.</summary>
public sealed class OpenDayPageTests(Chromium chromium)
{
    [Fact]
    public async Task Open_days_have_no_figures_and_waiting_days_are_named()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (creator, videoId) = await platform.RegisterAsync(lengthSeconds: 700);
        await platform.ViewAsync(await platform.LogInAsync(), videoId);
        await using var owner = await chromium.VisitAsync(platform.Address);
        await owner.LogInAsync(creator.Email);
        foreach (var path in (string[])["/settlement?period=today", $"/settlement/video/{videoId}?period=today", "/studio?period=today",
            "/?period=today"])
        {
            await owner.GoAsync(path);
            (await owner.TextAsync("#open-days")).Should().Contain("not settled yet", path);
            (await owner.TextAsync("main")).Should().NotContain("\u20a90", path);
        }

        (await owner.Page.Locator("#waiting").CountAsync()).Should().Be(0);
        platform.Clock.Advance(TimeSpan.FromDays(60));
        await using var admin = await chromium.VisitAsync(platform.Address);
        await admin.LogInAsync((await platform.LogInAsync("admin")).Email);
        (await admin.TextAsync("#waiting")).Should().Contain("60 days wait to be closed: 10 Mar 2026 to 8 May 2026");
        await admin.Page.ClickAsync("#waiting a");
        await admin.Page.WaitForSelectorAsync("#close");
        await owner.LogInAsync(creator.Email);
        await owner.GoAsync("/settlement");
        (await owner.TextAsync("#waiting")).Should().Contain("60 days have ended and are not settled yet");
    }

    [Fact]
    public async Task The_picker_works_by_keyboard_and_names_an_invalid_range()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        await platform.RegisterAsync(lengthSeconds: 100);
        await using var visitor = await chromium.VisitAsync(platform.Address, width: 390);
        await visitor.GoAsync("/");

        await visitor.Page.FocusAsync(".picker summary");
        await visitor.Page.Keyboard.PressAsync("Enter");
        var panel = await visitor.Page.Locator(".panel").BoundingBoxAsync();
        foreach (var input in (string[])["#from", "#to"])
        {
            var box = await visitor.Page.Locator(input).BoundingBoxAsync();
            (box!.X >= panel!.X && box.X + box.Width <= panel.X + panel.Width).Should().BeTrue("{0} is within the panel on a phone", input);
        }

        await visitor.Page.FillAsync("#from", "2026-03-12");
        await visitor.Page.FillAsync("#to", "2026-03-01");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.Page.ArriveAsync("/?period=range&from=2026-03-12&to=2026-03-01");
        (await visitor.TextAsync("#period-problem")).Should().Contain("The first day is after the last day.");
        (await visitor.Page.InputValueAsync("#from")).Should().Be("2026-03-12", "the input is kept");

        await visitor.Page.FillAsync("#from", "2026-02-20");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.Page.ArriveAsync("/?period=range&from=2026-02-20&to=2026-03-01");
        (await visitor.TextAsync(".head > div > p.muted")).Should().Contain("20 Feb 2026 to 1 Mar 2026");
    }
}
