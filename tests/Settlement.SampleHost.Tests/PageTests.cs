using Microsoft.Playwright;

namespace Settlement.SampleHost.Tests;

public sealed class PageTests : IDisposable
{
    private readonly SampleProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task A_browser_shows_the_top_five_by_light_by_dark_and_on_a_phone()
    {
        var chromium = FindOnPath("chromium") ?? FindOnPath("chromium-browser");
        if (chromium is null)
            Assert.Skip("There is no 'chromium' on the PATH. Install it (apt-get install chromium) to look at the page in a browser.");
        await using var served = await ServedProgram.StartAsync(_program);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = chromium, Args = ["--no-sandbox", "--disable-background-networking"],
        });

        await LookAsync(browser, served, "light", ColorScheme.Light, 1120);
        await LookAsync(browser, served, "dark", ColorScheme.Dark, 1120);
        await LookAsync(browser, served, "phone", ColorScheme.Light, 375);
        await LookAsync(browser, served, "phone-dark", ColorScheme.Dark, 375);
    }

    private static async Task LookAsync(IBrowser browser, ServedProgram served, string name, ColorScheme scheme, int width)
    {
        var page = await browser.NewPageAsync(new BrowserNewPageOptions
        {
            ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = 900 },
        });
        var errors = new List<string>();
        page.Console += (_, message) => errors.Add(message.Text);
        page.RequestFailed += (_, request) => errors.Add(request.Url);
        await page.GotoAsync(served.Client.BaseAddress!.ToString());

        (await page.Locator("#top li .name").AllInnerTextsAsync()).Should()
            .Equal("Logan Paul Vlogs", "TaylorSwiftVEVO", "Charlie Puth", "BuzzFeedVideo", "Alesso");
        (await page.Locator("#paid li").CountAsync()).Should().Be(5);
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).Should().BeLessThanOrEqualTo(width, "the page is no wider than {0}", name);
        errors.Should().BeEmpty();
        if (Environment.GetEnvironmentVariable("SETTLEMENT_SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });

        await page.ClickAsync("[aria-label='Previous week']");
        (await page.Locator("#top .muted").First.InnerTextAsync()).Should().Contain("2017-10-09 to 2017-10-15");
        await page.CloseAsync();
    }

    private static string? FindOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
