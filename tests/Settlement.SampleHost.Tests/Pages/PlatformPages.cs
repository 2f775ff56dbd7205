using Microsoft.Playwright;
using Settlement.SampleHost.Tests.Api;
using Settlements;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>Steps shared by the browser tests.</summary>
internal static class PlatformPages
{
    /// <summary>The player's report interval: reports that arrive later by the server's clock are counted only in part.</summary>
    private const int StepSeconds = 5;
    private const int BusyFactor = 4;

    private static readonly DateTime BrowserTime = new(2026, 3, 10, 3, 0, 0, DateTimeKind.Utc);

    /// <summary>Opens the page of a video with a paused browser clock.</summary>
    public static async Task OpenAsync(this IPage page, string videoId)
    {
        await page.Clock.InstallAsync(new ClockInstallOptions { TimeDate = BrowserTime });

        // The clock runs until it is paused, which fails for a time that has passed on a busy machine.
        await page.Clock.PauseAtAsync(BrowserTime.AddMinutes(10));
        await page.GotoAsync($"/watch/{videoId}");
    }

    public static async Task StartAsync(this IPage page)
    {
        await page.ClickAsync("#start");
        await page.WaitForFunctionAsync("() => document.querySelector('#player').dataset.state === 'playing'");
    }

    /// <summary>
    /// Advances the browser's and the server's clock until the player meets a condition. The position follows the browser's clock, the
    /// count the server's. On a busy machine the video stalls at times and stops the player's clock, so the limit is several times the
    /// nominal time.
    /// </summary>
    public static async Task AdvanceUntilAsync(this PlatformUnderTest platform, IPage page, string condition, int secondsMax)
    {
        for (var passed = 0; passed < secondsMax * BusyFactor; passed += StepSeconds)
        {
            // The player's clock stops while the video is not running.
            await page.WaitForFunctionAsync(
                "() => [...document.querySelectorAll('video')].some(v => !v.paused && v.readyState >= 1) || !['playing', "
                    + "'ad'].includes(document.querySelector('#player').dataset.state)");
            if (await page.EvaluateAsync<bool>(
                $"(() => {{ const player = document.querySelector('#player').dataset; return {condition}; }})()"))
                return;
            platform.Clock.Advance(TimeSpan.FromSeconds(StepSeconds));
            await page.Clock.RunForAsync(StepSeconds * 1_000L);
        }

        var state = await page.EvaluateAsync<string>("JSON.stringify(document.querySelector('#player').dataset)");
        throw new TimeoutException($"After {secondsMax * BusyFactor} s the condition {condition} is not met. Player state: {state}");
    }

    /// <summary>Advances the clock to the next day and closes the previous one.</summary>
    public static async Task CloseDayAsync(this PlatformUnderTest platform)
    {
        var day = DateOnly.FromDateTime(platform.Clock.GetUtcNow().ToOffset(TimeSpan.FromHours(9)).DateTime);
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await platform.Service<SettlementEngine>().Days.CloseThroughAsync(day);
    }

    /// <summary>Registers a video of a new creator, with an ad at each placement.</summary>
    public static async Task<(ApiClient Creator, string VideoId)> RegisterAsync(this PlatformUnderTest platform, int lengthSeconds)
    {
        (await (await platform.LogInAsync("admin")).PostAsync("/api/ads", new { title = "Soap", lengthSeconds = 15 })).Should(201);
        var creator = await platform.LogInAsync("creator");
        var video = (await creator.PostAsync("/api/videos", new { title = "Rivers of Korea", lengthSeconds })).Should(201);
        return (creator, video.Json.GetProperty("videoId").GetString()!);
    }
}
