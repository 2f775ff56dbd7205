using Microsoft.Playwright;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>The home page of a started process.</summary>
public sealed class DemoPageTests(Chromium chromium) : IDisposable
{
    private readonly SampleProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task The_home_page_shows_the_top_five_in_both_themes_and_on_a_phone()
    {
        await using var served = await ServedProgram.StartAsync(_program);

        await CheckAsync(served, "light", ColorScheme.Light, 1120);
        await CheckAsync(served, "dark", ColorScheme.Dark, 1120);
        await CheckAsync(served, "phone", ColorScheme.Light, 360);
        await CheckAsync(served, "phone-dark", ColorScheme.Dark, 360);
    }

    private async Task CheckAsync(ServedProgram served, string name, ColorScheme scheme, int width)
    {
        await using var visitor = await chromium.VisitAsync(served.Client.BaseAddress!, scheme, width);
        var page = visitor.Page;
        await visitor.GoAsync("/");

        (await page.Locator("#top-views li .muted").AllInnerTextsAsync()).Should()
            .Equal("Logan Paul Vlogs", "TaylorSwiftVEVO", "Charlie Puth", "BuzzFeedVideo", "Alesso");
        (await page.Locator("#top-seconds li").CountAsync()).Should().Be(5);
        (await page.Locator(".video").CountAsync()).Should().Be(8);
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).Should().BeLessThanOrEqualTo(
            width, "the page is no wider than {0}", name);
        visitor.ConsoleErrors.Should().BeEmpty();
        if (Environment.GetEnvironmentVariable("SETTLEMENT_SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });

        await page.ClickAsync("[aria-label='Earlier']");
        (await visitor.TextAsync(".head > div > p.muted")).Should().Contain("9 Oct 2017 to 15 Oct 2017");
    }
}
