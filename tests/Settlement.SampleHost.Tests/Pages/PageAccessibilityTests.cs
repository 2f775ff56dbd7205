using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Settlement.SampleHost.Tests.Api;
using Settlements.TestServers;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>Every page by light and by dark, on a phone and in Korean: nothing is blocked, nothing is in the way of anybody.</summary>
public sealed class PageAccessibilityTests(Chromium chromium, MySqlForApi server)
{
    private static readonly string[] Open = ["/", "/?period=month", "/?date=2020-01-01", "/videos", "/videos?search=nothing", "/watch/{video}", "/login?ReturnUrl=%2Fstudio", "/signup"];

    private static readonly string[] Creators =
    [
        "/account", "/studio?period=day", "/studio", "/studio/new", "/studio/{video}", "/settlement", "/settlement?date=2020-01-01", "/settlement/video/{video}",
        "/settlement/line?day=2026-03-10&meter=video.view&item={video}",
    ];

    private static readonly string[] Admins = ["/admin", "/admin/ads", "/admin/runs", "/admin/runs/1", "/admin/instances", "/admin/rates", "/settlement"];

    /// <summary>Pages that say what is wrong: their status is one more line in the console.</summary>
    private static readonly string[] Wrong = ["/nothing", "/?date=soon", "/watch/nothing"];

    /// <summary>What is right is not described in full, which takes longer than finding what is wrong.</summary>
    private static readonly AxeRunOptions OnlyViolations = new() { ResultTypes = [ResultType.Violations] };

    /// <summary>
    /// Each scheme, width, language and store once; with <c>SETTLEMENT_TESTS=long</c> the other schemes of both widths too.
    /// </summary>
    public static TheoryData<ColorScheme, int, string, string, bool> Looks()
    {
        var looks = new TheoryData<ColorScheme, int, string, string, bool>
        {
            { ColorScheme.Light, 1_120, "en-US", "en", true },
            { ColorScheme.Dark, 360, "ko-KR", "ko", false },
        };
        if (TestSettings.IsLong)
        {
            looks.Add(ColorScheme.Dark, 1_120, "en-US", "en", false);
            looks.Add(ColorScheme.Light, 360, "en-US", "en", false);
        }

        return looks;
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Every_page_is_accessible_fits_its_window_and_breaks_no_rule_of_its_own(
        ColorScheme scheme, int width, string locale, string language, bool mySql)
    {
        await using var platform = await PlatformUnderTest.StartAsync(mySql ? await server.CreateAsync() : null);
        var (creator, videoId) = await platform.RegisterAsync(lengthSeconds: 700);
        var viewer = await platform.LogInAsync();
        await platform.ViewAsync(viewer, videoId);
        await platform.CloseDayAsync();
        await viewer.AuthorizeAsync(PlatformUnderTest.Password);
        (await viewer.PostAsync("/api/users/me/studio-request")).Should(202);
        var admin = await platform.LogInAsync("admin");
        var faults = new List<string>();

        foreach (var (email, paths) in ((string?, string[])[])[(null, Open), (creator.Email, Creators), (admin.Email, Admins)])
        {
            await using var visitor = await chromium.VisitAsync(platform.Address, scheme, width, locale);
            if (email is not null)
                await visitor.LogInAsync(email);
            foreach (var path in paths)
                faults.AddRange(await LookAsync(visitor, path.Replace("{video}", videoId, StringComparison.Ordinal), width, language));
            faults.AddRange(visitor.ConsoleErrors);
        }

        await using var lost = await chromium.VisitAsync(platform.Address, scheme, width, locale);
        foreach (var path in Wrong)
            faults.AddRange(await LookAsync(lost, path, width, language));
        faults.Should().BeEmpty();
    }

    private static async Task<IEnumerable<string>> LookAsync(Visitor visitor, string path, int width, string language)
    {
        await visitor.GoAsync(path);
        var page = visitor.Page;
        var faults = new List<string>();
        var wide = await page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        if (wide > width)
            faults.Add($"{path} is {wide} wide");
        if (await page.EvaluateAsync<string>("document.documentElement.lang") != language)
            faults.Add($"{path} is not in {language}");

        // A key that no language has shows as itself.
        if (await page.EvaluateAsync<string?>(@"document.body.innerText.match(/(?<![\w@.])[a-z]+\.(?!view|com)[a-zA-Z.]*[a-zA-Z](?![\w@])/)?.[0] ?? null") is { } key)
            faults.Add($"{path} shows '{key}'");
        var axe = await page.RunAxe(OnlyViolations);
        faults.AddRange(axe.Violations.Where(v => v.Impact is "serious" or "critical").Select(v => $"{path}: {v.Impact} {v.Id}, {v.Help}: {v.Nodes[0].Html}"));
        return faults;
    }
}
