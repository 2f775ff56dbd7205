using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Settlement.SampleHost.Notifications;
using Settlement.SampleHost.Tests.Api;
using Settlements.TestServers;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>Accessibility and layout of every page, in both themes, on a phone and in Korean.</summary>
public sealed class PageAccessibilityTests(Chromium chromium, MySqlForApi server)
{
    private static readonly string[] Open = ["/", "/?period=month", "/?date=2020-01-01", "/videos", "/videos?search=nothing",
        "/watch/{video}", "/login?ReturnUrl=%2Fstudio", "/signup", "/tour", "/forgot", "/forgot?done=sent",
        "/reset?token=none", "/verify?token=none"];

    private static readonly string[] Creators =
    [
        "/account", "/account/sessions", "/notifications", "/studio?period=day", "/studio", "/studio/new", "/studio/{video}",
        "/settlement", "/settlement?date=2020-01-01", "/settlement/video/{video}", "/settlement/statement",
        "/settlement/line?day=2026-03-10&meter=video.view&item={video}",
    ];

    private static readonly string[] Admins =
        ["/admin", "/admin/ads", "/admin/runs", "/admin/runs/1", "/admin/instances", "/admin/rates",
         "/admin/rates?meter=ad.view&upto=&price=12&do=calculate", "/admin/rates/{draft}", "/admin/corrections?compare=true",
         "/admin/audit", "/admin/corrections/{correction}", "/settlement"];

    /// <summary>The limit of a page without its pictures, styles and scripts.</summary>
    private const long PageBytesMax = 60_000;

    /// <summary>Error pages; their status is logged to the console.</summary>
    private static readonly string[] ErrorPages = ["/nothing", "/?date=soon", "/watch/nothing"];

    /// <summary>Reports violations only; details of passed rules take longer than the check itself.</summary>
    private static readonly AxeRunOptions OnlyViolations = new() { ResultTypes = [ResultType.Violations] };

    /// <summary>
    /// Each theme, width, language and store once; with <c>SETTLEMENT_TESTS=long</c>, all themes for both widths.
    /// </summary>
    public static TheoryData<ColorScheme, int, string, string, bool> Variants()
    {
        var variants = new TheoryData<ColorScheme, int, string, string, bool>
        {
            { ColorScheme.Light, 1_120, "en-US", "en", true },
            { ColorScheme.Dark, 360, "ko-KR", "ko", false },
        };
        if (TestSettings.IsLong)
        {
            variants.Add(ColorScheme.Dark, 1_120, "en-US", "en", false);
            variants.Add(ColorScheme.Light, 360, "en-US", "en", false);
        }

        return variants;
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Every_page_is_accessible_and_fits_its_window_without_console_errors(
        ColorScheme scheme, int width, string locale, string language, bool mySql)
    {
        using var mails = new MailFolder();
        await using var platform = await PlatformUnderTest.StartAsync(mySql ? await server.CreateAsync() : null, mails.Setting);
        var (creator, videoId) = await platform.RegisterAsync(lengthSeconds: 700);
        var viewer = await platform.LogInAsync();
        await platform.ViewAsync(viewer, videoId);
        await platform.CloseDayAsync();
        await viewer.AuthorizeAsync(PlatformUnderTest.Password);
        (await viewer.PostAsync("/api/users/me/studio-request")).Should(202);
        await platform.Service<AmountNotices>().CatchUpAsync(isStart: false, TestContext.Current.CancellationToken);
        var admin = await platform.LogInAsync("admin");
        var draft = await platform.Service<SampleHost.Rates.RateDrafts>().ProposeAsync(
            "ad.view", Settlements.RateTable.Flat(12), "2026-04", "2026-04-01", "contract 42", "ann",
            TestContext.Current.CancellationToken);
        var correction = await platform.Service<SampleHost.Corrections.CorrectionDesk>().ExcludeAsync(
            "2026-03-10", "2026-03-10", videoId, null, "bots", "ann", TestContext.Current.CancellationToken);
        var violations = new List<string>();

        foreach (var (email, paths) in ((string?, string[])[])[(null, Open), (creator.Email, Creators), (admin.Email, Admins)])
        {
            await using var visitor = await chromium.VisitAsync(platform.Address, scheme, width, locale);
            if (email is not null)
                await visitor.LogInAsync(email);
            foreach (var path in paths)
            {
                violations.AddRange(await CheckAsync(
                    visitor,
                    path.Replace("{video}", videoId, StringComparison.Ordinal)
                        .Replace("{draft}", $"{draft.ProposalId}", StringComparison.Ordinal)
                        .Replace("{correction}", $"{correction}", StringComparison.Ordinal),
                    width, language));
            }

            violations.AddRange(visitor.ConsoleErrors);
        }

        await using var anonymous = await chromium.VisitAsync(platform.Address, scheme, width, locale);
        foreach (var path in ErrorPages)
            violations.AddRange(await CheckAsync(anonymous, path, width, language));
        violations.Should().BeEmpty();
    }

    private static async Task<IEnumerable<string>> CheckAsync(Visitor visitor, string path, int width, string language)
    {
        await visitor.GoAsync(path);
        var page = visitor.Page;
        var violations = new List<string>();
        var wide = await page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        if (wide > width)
            violations.Add($"{path} is {wide} px wide");
        var bytes = await page.EvaluateAsync<long>("performance.getEntriesByType('navigation')[0].decodedBodySize");
        if (bytes > PageBytesMax)
            violations.Add($"{path} has {bytes} bytes");
        if (await page.LayoutShiftAsync() is var shift && shift > 0)
            violations.Add($"{path} has a layout shift of {shift}");
        if (await page.EvaluateAsync<string>("document.documentElement.lang") != language)
            violations.Add($"{path} is not in {language}");

        // A missing key is displayed as is.
        if (await page.EvaluateAsync<string?>(
            @"document.body.innerText.match(/(?<![\w@.])[a-z]+\.(?!view|com)[a-zA-Z.]*[a-zA-Z](?![\w@])/)?.[0] ?? null") is { } key)
            violations.Add($"{path} shows '{key}'");
        var axe = await page.RunAxe(OnlyViolations);
        violations.AddRange(axe.Violations.Where(v => v.Impact is "serious" or "critical").Select(
            v => $"{path}: {v.Impact} {v.Id}, {v.Help}: {v.Nodes[0].Html}"));
        return violations;
    }
}
