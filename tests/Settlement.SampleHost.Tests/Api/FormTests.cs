namespace Settlement.SampleHost.Tests.Api;

/// <summary>Forms submitted twice, or with a token of another user; for each store.</summary>
public abstract class FormContract
{
    private protected abstract Task<string?> MySqlAsync();

    [Fact]
    public async Task A_form_submitted_twice_registers_one_video_and_one_ad()
    {
        await using var platform = await PlatformUnderTest.StartAsync(await MySqlAsync());
        var admin = await platform.LogInAsync("admin", "creator");
        using var browser = new TestBrowser(platform.Address);
        await browser.LogInAsync(admin.Email);

        foreach (var (path, form) in ((string, string)[])[("/studio/new", "video"), ("/admin/ads", "ad")])
            await SendTwiceAsync(browser, path, form);

        (await admin.GetAsync("/api/videos/own")).Json.GetProperty("items").GetArrayLength().Should().Be(
            2, "the form was opened twice and submitted twice each time");
        (await admin.GetAsync("/api/ads")).Json.GetProperty("items").GetArrayLength().Should().Be(2);
    }

    [Fact]
    public async Task A_form_with_the_token_of_another_user_returns_an_error_page()
    {
        await using var platform = await PlatformUnderTest.StartAsync(await MySqlAsync());
        var (ann, bob) = (await platform.LogInAsync("creator"), await platform.LogInAsync("creator"));
        using var browser = new TestBrowser(platform.Address);
        await browser.LogInAsync(ann.Email);
        var fields = await browser.OpenFormAsync("/studio/new", "video");
        await browser.LogInAsync(bob.Email);

        var (status, text, _) = await browser.SendFormAsync("/studio/new", Filled(fields, "Mine"));

        status.Should().Be(400);
        text.Should().Contain("logged in as somebody else in another tab").And.Contain("<html");
        (await bob.GetAsync("/api/videos/own")).Json.GetProperty("items").GetArrayLength().Should().Be(0);
    }

    private static async Task SendTwiceAsync(TestBrowser browser, string path, string form)
    {
        for (var opened = 0; opened < 2; opened++)
        {
            var fields = Filled(await browser.OpenFormAsync(path, form), "A title");
            var answers = await Task.WhenAll(browser.SendFormAsync(path, fields), browser.SendFormAsync(path, fields));
            answers.Select(a => a.Status).Should().Equal(302, 302);
        }
    }

    private static Dictionary<string, string> Filled(Dictionary<string, string> hidden, string title) => new(hidden)
    {
        ["Title"] = title, ["Minutes"] = "5", ["Seconds"] = "15", ["Source"] = "",
    };
}

public sealed class SqliteFormTests : FormContract
{
    private protected override Task<string?> MySqlAsync() => Task.FromResult<string?>(null);
}

public sealed class MySqlFormTests(MySqlForApi server) : FormContract
{
    private protected override async Task<string?> MySqlAsync() => await server.CreateAsync();
}
