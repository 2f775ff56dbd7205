using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Pages;

public sealed class AccountPageTests(Chromium chromium)
{
    [Fact]
    public async Task One_logs_in_with_the_keyboard_alone_and_sees_where_one_is()
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
                (await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle")).Should().NotBe("none", "focus is seen");
                if (await FocusedAsync() == text)
                    return;
            }

            throw new InvalidOperationException($"No number of tabs leads to '{text}'.");
        }

        Task<string> FocusedAsync() => page.EvaluateAsync<string>("document.activeElement.innerText.trim()");
    }

    [Fact]
    public async Task An_account_is_deleted_with_its_password_and_a_wrong_one_is_said()
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
    public async Task Pages_of_a_role_are_denied_to_others_and_log_nobody_in()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var viewer = await platform.LogInAsync();
        await using var visitor = await chromium.VisitAsync(platform.Address);
        await visitor.LogInAsync(viewer.Email);

        foreach (var path in (string[])["/studio", "/settlement", "/settlement/video/x", "/settlement/line", "/admin", "/admin/users", "/admin/ads", "/admin/runs", "/admin/runs/1", "/admin/instances", "/admin/rates"])
        {
            await visitor.Page.GotoAsync(path);
            new Uri(visitor.Page.Url).AbsolutePath.Should().Be("/denied", "{0} is not a viewer's", path);
        }
    }

    [Fact]
    public async Task Too_many_wrong_logins_by_the_page_are_refused_and_looking_at_it_is_none()
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

        (await visitor.TextAsync("h1")).Should().Be("Too many tries");
    }
}
