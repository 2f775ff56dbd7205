using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Settlement.SampleHost.Tests.Pages.Chromium))]

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>The installed Chromium, shared by all tests and started on first use. Without it, tests are skipped.</summary>
public sealed class Chromium : IAsyncDisposable
{
    /// <summary>The timeout of waits for a page.</summary>
    private const float TimeoutMs = 60_000;

    private readonly Lazy<Task<(IPlaywright Playwright, IBrowser Browser)?>> _started = new(StartAsync);

    /// <summary>Opens a new browser context without cookies.</summary>
    internal async Task<Visitor> VisitAsync(Uri address, ColorScheme scheme = ColorScheme.Light, int width = 1_120, string locale = "en-US")
    {
        var started = await _started.Value;
        if (started is null)
            Assert.Skip("chromium was not found on the PATH. Install it (apt-get install chromium) to run the browser tests.");
        var context = await started.Value.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(), ColorScheme = scheme, Locale = locale, ReducedMotion = ReducedMotion.NoPreference,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
        });
        context.SetDefaultTimeout(TimeoutMs);
        return new Visitor(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (!_started.IsValueCreated || await _started.Value is not var (playwright, browser))
            return;
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    private static async Task<(IPlaywright Playwright, IBrowser Browser)?> StartAsync()
    {
        if ((FindOnPath("chromium") ?? FindOnPath("chromium-browser")) is not { } path)
            return null;
        var playwright = await Playwright.CreateAsync();
        return (playwright, await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = path, Args = ["--no-sandbox", "--disable-background-networking"],
        }));
    }

    private static string? FindOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}

/// <summary>A browser window that records console errors.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    public Visitor(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        Watch(page);
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings of the console, including blocked scripts and styles.</summary>
    public List<string> ConsoleErrors { get; } = [];

    public async Task<IPage> OpenTabAsync()
    {
        var tab = await _context.NewPageAsync();
        Watch(tab);
        return tab;
    }

    /// <summary>Navigates to an address and waits until the network is idle.</summary>
    public Task GoAsync(string path) => Page.GotoAsync(path, new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });

    public async Task LogInAsync(string email, string password = Api.PlatformUnderTest.Password)
    {
        await Page.GotoAsync("/login");
        await Page.FillAsync("#email", email);
        await Page.FillAsync("#password", password);
        await Page.ClickAsync("main button[type=submit]");
        await Page.ArriveAsync("/");
        await Page.WaitForSelectorAsync(".who");
    }

    public Task<string> TextAsync(string selector) => Page.Locator(selector).InnerTextAsync();

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private void Watch(IPage page)
    {
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                ConsoleErrors.Add(message.Text);
        };
        page.PageError += (_, error) => ConsoleErrors.Add(error);
    }
}

internal static class Navigation
{
    /// <summary>
    /// Waits until a page at an address is complete, by polling the page: on a busy machine, the navigation events may be raised before the
    /// wait.
    /// </summary>
    public static Task ArriveAsync(this IPage page, string path) =>
        page.WaitForFunctionAsync("path => location.pathname + location.search === path && document.readyState === 'complete'", path);

    /// <summary>
    /// Returns the sum of the layout shifts of a page since it was opened; its CLS is at most that. Those within half a second of an input
    /// count too: the browser takes the size of a new window for one.
    /// </summary>
    public static Task<double> LayoutShiftAsync(this IPage page) => page.EvaluateAsync<double>(
        """
        () => {
            const observer = new PerformanceObserver(() => {});
            observer.observe({ type: 'layout-shift', buffered: true });
            return observer.takeRecords().reduce((sum, entry) => sum + entry.value, 0);
        }
        """);

    /// <summary>Submits a form and waits for the next page.</summary>
    public static async Task SubmitAsync(this IPage page, string button)
    {
        await page.EvaluateAsync("document.body.dataset.sent = ''");
        await page.ClickAsync(button);
        await page.WaitForSelectorAsync("body:not([data-sent])");
    }
}
