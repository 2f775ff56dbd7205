using Microsoft.Playwright;
using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>The forms of the account page in a browser, and drafts after an expired login session.</summary>
public sealed class AccountFormTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Next = "purple bicycle soup";
    private const string Name = "form:has(#new-name) button";
    private const string Address = "form:has(#new-email) button";
    private const string Password = "form:has(#next) button";

    [Fact]
    public async Task Name_address_and_password_are_changed_and_errors_are_displayed()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        await using var visitor = await chromium.VisitAsync(platform.Address);
        var page = visitor.Page;
        await visitor.LogInAsync((await platform.LogInAsync()).Email);
        await page.GotoAsync("/account");

        await SendAsync(page, Name, ("#new-name", "앤 Ann"));
        (await visitor.TextAsync(".who")).Should().Contain("앤 Ann");
        await SendAsync(page, Name, ("#new-name", "\u0410dmin"));
        (await visitor.TextAsync("#new-name-error")).Should().Contain("mixes alphabets");
        (await page.InputValueAsync("#new-name")).Should().Be("\u0410dmin", "the input stays");

        await SendAsync(page, Address, ("#new-email", "new@example.com"), ("#present-too", "wrong wrong wrong"));
        (await visitor.TextAsync("[role=alert]")).Should().Contain("password is wrong");
        (await page.InputValueAsync("#new-email")).Should().Be("new@example.com");
        await SendAsync(page, Address, ("#new-email", "new@example.com"), ("#present-too", PlatformUnderTest.Password));
        (await visitor.TextAsync("main dl")).Should().Contain("new@example.com");

        await SendAsync(page, Password, ("#present", PlatformUnderTest.Password), ("#next", "qwertyuiop"));
        (await visitor.TextAsync("[role=alert]")).Should().Contain("thousand most common");
        await SendAsync(page, Password, ("#present", PlatformUnderTest.Password), ("#next", Next));
        (await page.Locator("[role=alert]").CountAsync()).Should().Be(0);
        await using var elsewhere = await chromium.VisitAsync(platform.Address);
        await elsewhere.LogInAsync("new@example.com", Next);
    }

    [Fact]
    public async Task A_form_opened_by_another_user_returns_an_error_page_and_changes_nothing()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (ann, bob) = (await platform.LogInAsync(), await platform.LogInAsync());
        await using var visitor = await chromium.VisitAsync(platform.Address);
        await visitor.LogInAsync(ann.Email);
        await visitor.Page.GotoAsync("/account");
        var tab = await visitor.OpenTabAsync();
        await tab.GotoAsync("/login");
        await SendAsync(tab, "main button[type=submit]", ("#email", bob.Email), ("#password", PlatformUnderTest.Password));

        await SendAsync(visitor.Page, Name, ("#new-name", "Ann's new name"));

        (await visitor.TextAsync("main")).Should().Contain("logged in as somebody else in another tab");
        (await bob.GetAsync("/api/users/me")).Json.GetProperty("displayName").GetString().Should().NotContain("Ann");
    }

    [Fact]
    public async Task A_forgotten_password_is_reset_by_the_link_of_the_mail()
    {
        using var mails = new MailFolder();
        await using var platform = await PlatformUnderTest.StartAsync(settings: mails.Setting);
        var ann = await platform.LogInAsync();
        await mails.WaitAsync(1);
        await using var visitor = await chromium.VisitAsync(platform.Address, locale: "ko-KR");
        var page = visitor.Page;
        await page.GotoAsync("/login");

        await page.ClickAsync("text=비밀번호를 잊으셨나요?");
        await page.ArriveAsync("/forgot");
        await SendAsync(page, "main form button", ("#email", ann.Email));
        (await visitor.TextAsync("#done")).Should().Contain("메일이 발송됩니다");
        var mail = (await mails.WaitAsync(2)).Single(m => m.Subject == "비밀번호 재설정");
        await page.GotoAsync(MailFolder.Link(mail).PathAndQuery);
        await SendAsync(page, "main form button", ("#next", "1234567890"));
        (await visitor.TextAsync("#next-error")).Should().NotBeEmpty("the link is still valid after an error");
        await SendAsync(page, "main form button", ("#next", Next));
        await page.ArriveAsync("/login?done=reset");
        (await visitor.TextAsync("#done")).Should().Contain("비밀번호가 변경되고");
        await visitor.LogInAsync(ann.Email, Next);

        await page.GotoAsync(MailFolder.Link(mail).PathAndQuery);
        (await visitor.TextAsync("[role=alert]")).Should().Contain("이미 사용했거나");
        await page.GotoAsync("/account");
        (await visitor.TextAsync("main dl")).Should().Contain("확인됨");
        visitor.ConsoleErrors.Should().OnlyContain(e => e.Contains("400", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/account", "#new-name", Name)]
    [InlineData("/studio/new", "#title", "main form.form button[type=submit]")]
    public async Task Input_is_restored_after_an_expired_login(string path, string field, string button)
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var ann = await platform.LogInAsync("creator");
        await using var visitor = await chromium.VisitAsync(platform.Address);
        var page = visitor.Page;
        await visitor.LogInAsync(ann.Email);
        await page.GotoAsync(path);
        (await ann.SendAsync(HttpMethod.Delete, "/api/users/me/sessions")).Should(204);

        await SendAsync(page, button,
            [(field, "Rivers of Korea"), .. path == "/account" ? [] : ((string, string)[])[("#minutes", "5"), ("#seconds", "0")]]);
        await SendAsync(page, "main button[type=submit]", ("#email", ann.Email), ("#password", "a wrong password"));
        await SendAsync(page, "main button[type=submit]", ("#email", ann.Email), ("#password", PlatformUnderTest.Password));
        await page.ArriveAsync(path);

        (await page.InputValueAsync(field)).Should().Be("Rivers of Korea");
        (await DraftsAsync(page)).Should().Be(0, "the draft is used once");
    }

    [Fact]
    public async Task A_draft_is_not_offered_to_the_next_user()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (ann, bob) = (await platform.LogInAsync("creator"), await platform.LogInAsync("creator"));
        await using var visitor = await chromium.VisitAsync(platform.Address);
        var page = visitor.Page;
        await visitor.LogInAsync(ann.Email);
        await page.GotoAsync("/studio/new");
        await SendAsync(page, "main form.form button[type=submit]", ("#title", "Ann's secret title"), ("#minutes", "5"), ("#seconds", "0"));
        (await DraftsAsync(page)).Should().Be(1);
        await page.ClickAsync(".who button");
        await page.WaitForSelectorAsync("text=Log in");

        await page.EvaluateAsync("location.href = '/studio/new'");
        await page.ArriveAsync("/login?ReturnUrl=%2Fstudio%2Fnew");
        await SendAsync(page, "main button[type=submit]", ("#email", bob.Email), ("#password", PlatformUnderTest.Password));
        await page.ArriveAsync("/studio/new");

        (await page.InputValueAsync("#title")).Should().BeEmpty();
        (await DraftsAsync(page)).Should().Be(0);
    }

    private static Task<int> DraftsAsync(IPage page) =>
        page.EvaluateAsync<int>("Object.keys(sessionStorage).filter(key => key.startsWith('draft ')).length");

    private static async Task SendAsync(IPage page, string button, params (string Field, string Value)[] fields)
    {
        foreach (var (field, value) in fields)
            await page.FillAsync(field, value);
        await page.SubmitAsync(button);
    }
}
