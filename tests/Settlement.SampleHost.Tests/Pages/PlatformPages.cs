using Microsoft.Playwright;
using Settlement.SampleHost.Tests.Api;
using Settlements;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>What journeys do again and again.</summary>
internal static class PlatformPages
{
    /// <summary>
    /// As often as the player reports: what comes later by the server's clock than it was played counts less, by the rules.
    /// </summary>
    private const int StepSeconds = 5;
    private const int BusyFactor = 4;

    private static readonly DateTime BrowserTime = new(2026, 3, 10, 3, 0, 0, DateTimeKind.Utc);

    /// <summary>Opens a video's page in a browser whose clock stands still until it is moved.</summary>
    public static async Task OpenAsync(this IPage page, string videoId)
    {
        await page.Clock.InstallAsync(new ClockInstallOptions { TimeDate = BrowserTime });
        await page.Clock.PauseAtAsync(BrowserTime.AddSeconds(1));
        await page.GotoAsync($"/watch/{videoId}");
    }

    public static async Task StartAsync(this IPage page)
    {
        await page.ClickAsync("#start");
        await page.WaitForFunctionAsync("() => document.querySelector('#player').dataset.state === 'playing'");
    }

    /// <summary>
    /// Lets time go by for the browser and the server alike until the player is as asked. The player's position is by the browser's clock,
    /// the count by the server's; neither is told to hurry. On a busy machine the picture stands now and then, and the player's clock with
    /// it: it is given several times as long as a quiet one needs.
    /// </summary>
    public static async Task PassUntilAsync(this PlatformUnderTest platform, IPage page, string condition, int secondsMax)
    {
        for (var passed = 0; passed < secondsMax * BusyFactor; passed += StepSeconds)
        {
            // Without its picture the player's clock stands, as it should.
            await page.WaitForFunctionAsync(
                "() => [...document.querySelectorAll('video')].some(v => !v.paused && v.readyState >= 1) || !['playing', 'ad'].includes(document.querySelector('#player').dataset.state)");
            if (await page.EvaluateAsync<bool>($"(() => {{ const player = document.querySelector('#player').dataset; return {condition}; }})()"))
                return;
            platform.Clock.Advance(TimeSpan.FromSeconds(StepSeconds));
            await page.Clock.RunForAsync(StepSeconds * 1_000L);
        }

        var state = await page.EvaluateAsync<string>("JSON.stringify(document.querySelector('#player').dataset)");
        throw new TimeoutException($"After {secondsMax * BusyFactor} s the player is not at: {condition}. It is {state}");
    }

    /// <summary>Lets the day of the clock end, and closes it.</summary>
    public static async Task CloseDayAsync(this PlatformUnderTest platform)
    {
        var day = DateOnly.FromDateTime(platform.Clock.GetUtcNow().ToOffset(TimeSpan.FromHours(9)).DateTime);
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await platform.Service<SettlementEngine>().Days.CloseThroughAsync(day);
    }

    /// <summary>A creator's video with one ad at each of its places.</summary>
    public static async Task<(ApiClient Creator, string VideoId)> RegisterAsync(this PlatformUnderTest platform, int lengthSeconds)
    {
        (await (await platform.LogInAsync("admin")).PostAsync("/api/ads", new { title = "Soap", lengthSeconds = 15 })).Should(201);
        var creator = await platform.LogInAsync("creator");
        var video = (await creator.PostAsync("/api/videos", new { title = "Rivers of Korea", lengthSeconds })).Should(201);
        return (creator, video.Json.GetProperty("videoId").GetString()!);
    }
}
