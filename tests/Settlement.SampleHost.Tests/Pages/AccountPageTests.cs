using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Pages;

public sealed class AccountPageTests(Chromium chromium)
{
    [Fact]
    public async Task Login_works_with_the_keyboard_and_visible_focus()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var email = (await platform.LogInAsync()).Email;
        await using var visitor = await chromium.VisitAsync(platform.Address);
        var page = visitor.Page;
        await visitor.GoAsync("/");

        await page.Keyboard.PressAsync("Tab");
        (await FocusedAsync()).Should().Be("Skip to the content");
        await TabToAsync("Log in");
        await page.Keyboard.PressAsync("Enter");
        await page.ArriveAsync("/login");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(email);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(PlatformUnderTest.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.ArriveAsync("/");
        await TabToAsync("Log out");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync("text=Log in");

        async Task TabToAsync(string text)
        {
            for (var n = 0; n < 40; n++)
            {
                await page.Keyboard.PressAsync("Tab");
                (await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle")).Should().NotBe(
                    "none", "the focus is visible");
                if (await FocusedAsync() == text)
                    return;
            }

            throw new InvalidOperationException($"'{text}' was not reached with 40 presses of Tab.");
        }

        Task<string> FocusedAsync() => page.EvaluateAsync<string>("document.activeElement.innerText.trim()");
    }

    [Fact]
    public async Task Figures_are_explained_by_popovers_and_pages_are_small()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (creator, videoId) = await platform.RegisterAsync(lengthSeconds: 100);
        await platform.ViewAsync(await platform.LogInAsync(), videoId);
        await platform.CloseDayAsync();
        await using var visitor = await chromium.VisitAsync(platform.Address, width: 360);
        await visitor.GoAsync("/");
        var text = visitor.Page.Locator("#what-views");
        (await text.IsVisibleAsync()).Should().BeFalse();

        await visitor.Page.FocusAsync("[popovertarget=what-views]");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.Page.WaitForSelectorAsync("#what-views:popover-open");
        (await text.InnerTextAsync()).Should().Contain("at least three seconds");
        await visitor.Page.Keyboard.PressAsync("Escape");
        (await text.IsVisibleAsync()).Should().BeFalse();

        await visitor.LogInAsync(creator.Email);
        foreach (var path in (string[])["/tour", "/account", "/account/sessions", "/notifications"])
        {
            await visitor.GoAsync(path);
            (await visitor.Page.EvaluateAsync<long>(
                "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
                    + ".reduce((sum, entry) => sum + entry.decodedBodySize, 0)")).Should().BeInRange(5_000, 60_000, path);
        }

        visitor.ConsoleErrors.Should().BeEmpty();
    }

    [Fact]
    public async Task Deleting_an_account_needs_its_password()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var email = (await platform.LogInAsync()).Email;
        await using var visitor = await chromium.VisitAsync(platform.Address);
        await visitor.LogInAsync(email);

        await DeleteAsync("not the password");
        (await visitor.TextAsync("[role=alert]")).Should().Contain("The password is wrong");
        await DeleteAsync(PlatformUnderTest.Password);
        await visitor.Page.ArriveAsync("/");
        await visitor.Page.GotoAsync("/account");
        visitor.Page.Url.Should().Contain("/login");

        async Task DeleteAsync(string password)
        {
            await visitor.Page.GotoAsync("/account");
            await visitor.Page.FillAsync("#delete input[type=password]", password);
            await visitor.Page.ClickAsync("#delete button");
        }
    }

    [Fact]
    public async Task Pages_are_denied_without_the_required_role()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var viewer = await platform.LogInAsync();
        await using var visitor = await chromium.VisitAsync(platform.Address);
        await visitor.LogInAsync(viewer.Email);

        foreach (var path in (string[])["/studio", "/settlement", "/settlement/video/x", "/settlement/line", "/admin", "/admin/users",
            "/admin/ads", "/admin/runs", "/admin/runs/1", "/admin/instances", "/admin/rates"])
        {
            await visitor.Page.GotoAsync(path);
            new Uri(visitor.Page.Url).AbsolutePath.Should().Be("/denied", "{0} needs another role", path);
        }
    }

    [Fact]
    public async Task Logins_are_rate_limited_and_reading_the_page_is_not()
    {
        await using var platform = await PlatformUnderTest.StartAsync(settings: ("RateLimits:LogInsPerMinute", "2"));
        await using var visitor = await chromium.VisitAsync(platform.Address);
        for (var n = 0; n < 5; n++)
            await visitor.Page.GotoAsync("/login");
        for (var n = 0; n < 3; n++)
        {
            await visitor.Page.FillAsync("#email", "nobody@example.com");
            await visitor.Page.FillAsync("#password", "not the password");
            await visitor.Page.SubmitAsync("main button[type=submit]");
        }

        (await visitor.TextAsync("h1")).Should().Be("Too many attempts");
    }
}
