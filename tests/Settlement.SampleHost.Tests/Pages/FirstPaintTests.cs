using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using Settlement.SampleHost.DemoData;
using Settlements.TestServers;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>
/// Measures the main pages of the demo in Chromium, each in a new context without a cache. The output of the test has the figures of
/// docs/benchmarks.md; the assertions are those that no busy machine changes.
/// </summary>
public sealed class FirstPaintTests(Chromium chromium)
{
    private const int Rounds = 7;
    private const long PageBytesMax = 60_000;

    private static readonly (string Account, string Path)[] Pages =
    [
        ("", "/"), ("", "/videos"), ("", "/watch/{video}"), ("creator@example.com", "/studio/new"), ("creator@example.com", "/studio"),
        ("creator@example.com", "/settlement"), ("creator@example.com", "/settlement/statement"),
        ("creator@example.com", "/settlement/video/{video}"), ("admin@example.com", "/admin"), ("admin@example.com", "/admin/runs"),
    ];

    [Fact]
    public async Task Main_pages_do_not_shift_and_are_small()
    {
        Assert.SkipUnless(TestSettings.IsLong, "Set SETTLEMENT_TESTS=long to run it.");
        using var program = new SampleProgram(isPinned: false) { Environment = "Development" };
        await using var served = await ServedProgram.StartAsync(program);
        var listed = JsonDocument.Parse(await served.GetAsync("/api/videos?count=1")).RootElement;
        var video = listed.GetProperty("items")[0].GetProperty("videoId").GetString()!;
        foreach (var (account, pattern) in Pages)
        {
            var path = pattern.Replace("{video}", video, StringComparison.Ordinal);
            var rounds = new List<PaintFigures>();
            for (var round = 0; round < Rounds; round++)
                rounds.Add(await MeasureAsync(served.Client.BaseAddress!, account, path));
            var paint = rounds.Select(r => r.PaintMilliseconds).Order().ToList();
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {pattern} | {paint[Rounds / 2]:0} ms | {paint[^1]:0} ms | {rounds.Max(r => r.Shift):0.###} | ")
                + string.Create(CultureInfo.InvariantCulture, $"{rounds[0].Bytes / 1000.0:0.0} kB |"));
            rounds.Should().OnlyContain(r => r.Shift == 0 && r.Bytes < PageBytesMax, path);
        }
    }

    [Fact]
    public async Task A_layout_shift_is_measured()
    {
        await using var visitor = await chromium.VisitAsync(new Uri("http://127.0.0.1"));
        await visitor.Page.SetContentAsync("<div id=above></div><p style='height:300px'>Text</p>");
        await visitor.Page.WaitForFunctionAsync("() => performance.getEntriesByName('first-contentful-paint').length > 0");
        await visitor.Page.EvaluateAsync("document.querySelector('#above').style.height = '200px'");

        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (await visitor.Page.LayoutShiftAsync() == 0)
            await Task.Delay(20, timeout.Token);
    }

    private async Task<PaintFigures> MeasureAsync(Uri address, string account, string path)
    {
        await using var visitor = await chromium.VisitAsync(address);
        if (account.Length > 0)
            await visitor.LogInAsync(account, PlatformSeed.Password);
        var session = await visitor.Page.Context.NewCDPSessionAsync(visitor.Page);
        await session.SendAsync("Network.setCacheDisabled", new Dictionary<string, object> { ["cacheDisabled"] = true });
        var answer = await visitor.Page.GotoAsync(path, new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
        answer!.Status.Should().Be(200, path);
        await visitor.Page.WaitForFunctionAsync("() => performance.getEntriesByName('first-contentful-paint').length > 0");
        return new PaintFigures(
            await visitor.Page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0].startTime"),
            await visitor.Page.LayoutShiftAsync(),
            await visitor.Page.EvaluateAsync<long>("performance.getEntriesByType('navigation')[0].decodedBodySize"));
    }

    private sealed record PaintFigures(double PaintMilliseconds, double Shift, long Bytes);
}
