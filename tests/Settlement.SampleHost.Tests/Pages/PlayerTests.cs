using Settlement.SampleHost.Database;
using Settlement.SampleHost.Tests.Api;
using Settlements;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>The player under exceptional conditions.</summary>
public sealed class PlayerTests(Chromium chromium)
{
    [Fact]
    public async Task A_second_tab_stops_the_first_which_can_resume()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (_, videoId) = await platform.RegisterAsync(lengthSeconds: 200);
        await using var visitor = await chromium.VisitAsync(platform.Address);
        await visitor.LogInAsync((await platform.LogInAsync()).Email);
        await visitor.Page.OpenAsync(videoId);
        await visitor.Page.StartAsync();
        await platform.AdvanceUntilAsync(visitor.Page, "player.position >= 10", 60);

        var second = await visitor.OpenTabAsync();
        await second.OpenAsync(videoId);
        await second.StartAsync();
        await platform.AdvanceUntilAsync(second, "player.position >= 15", 60);
        await second.WaitForSelectorAsync("#player[data-view=repeated]");
        await visitor.Page.BringToFrontAsync();
        await platform.AdvanceUntilAsync(visitor.Page, "player.state === 'over'", 60);

        (await visitor.TextAsync("#cover-text")).Should().Contain("video or tab");
        (await visitor.Page.Locator("#start").GetAttributeAsync("aria-label")).Should().Be("Watch here instead");
        await visitor.Page.StartAsync();
    }

    [Fact]
    public async Task Playback_during_a_lost_connection_is_counted_after_it()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (_, videoId) = await platform.RegisterAsync(lengthSeconds: 200);
        await using var visitor = await chromium.VisitAsync(platform.Address);
        var page = visitor.Page;
        await page.OpenAsync(videoId);
        await page.StartAsync();

        await page.Context.SetOfflineAsync(true);
        await platform.AdvanceUntilAsync(page, "!document.querySelector('#error').hidden && player.position >= 30", 100);
        (await visitor.TextAsync("#error")).Should().Contain("connection was lost");
        await page.Context.SetOfflineAsync(false);
        await platform.AdvanceUntilAsync(page, "document.querySelector('#error').hidden", 100);
        await page.ClickAsync("#stop");
        await page.WaitForSelectorAsync("#cover-text:has-text('Stopped at')");
        await platform.CloseDayAsync();

        var day = new DateOnly(2026, 3, 10);
        var seconds = await platform.Service<SettlementEngine>().Rankings.TopAsync(CalendarPeriod.Day, day, PlatformMeters.Seconds, 1);
        seconds.Items.Single().Quantity.Should().BeGreaterThanOrEqualTo(30);
    }

    [Theory]
    [InlineData("/media/none.mp4")]
    [InlineData("http://media.example/blocked.mp4")]
    public async Task An_unplayable_file_is_reported_and_no_play_is_started(string source)
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (_, videoId) = await platform.RegisterAsync(lengthSeconds: 200);
        await platform.Service<PlatformDatabase>().WriteAsync(
            sql => sql.ExecuteAsync("UPDATE videos SET source = @source WHERE video_id = @videoId", new { source, videoId }),
            CancellationToken.None);
        await using var visitor = await chromium.VisitAsync(platform.Address);
        await visitor.GoAsync($"/watch/{videoId}");

        (await visitor.TextAsync("#error")).Should().Contain("can't be played");
        await visitor.Page.ClickAsync("#start");
        await visitor.Page.WaitForFunctionAsync(
            "() => document.querySelector('#player').dataset.state !== 'starting' && !document.querySelector('#start').hidden");

        (await visitor.Page.Locator("#player").GetAttributeAsync("data-state")).Should().Be("idle");
        (await visitor.TextAsync("#error")).Should().Contain("can't be played");
        (await platform.Service<PlatformDatabase>()
            .ReadAsync(sql => sql.FindAsync<long>("SELECT COUNT(*) FROM plays"), CancellationToken.None)).Should().Be(0);
    }

    [Fact]
    public async Task Seeking_forward_is_limited_to_the_watched_part()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (_, videoId) = await platform.RegisterAsync(lengthSeconds: 700);
        await using var visitor = await chromium.VisitAsync(platform.Address);
        var page = visitor.Page;
        await page.OpenAsync(videoId);
        await page.StartAsync();
        await platform.AdvanceUntilAsync(page, "player.position >= 40", 100);

        await page.Locator("#seek").FillAsync("650");
        var ahead = decimal.Parse(
            (await page.Locator("#player").GetAttributeAsync("data-position"))!, System.Globalization.CultureInfo.InvariantCulture);
        await page.Locator("#seek").FillAsync("10");
        var back = decimal.Parse(
            (await page.Locator("#player").GetAttributeAsync("data-position"))!, System.Globalization.CultureInfo.InvariantCulture);

        // The limit is the position that the server has accepted, which may be earlier than the one that the page shows.
        ahead.Should().BeInRange(11, 60, "the rest has not been watched");
        back.Should().Be(10);
        (await visitor.TextAsync("#announcement")).Should().Contain("as far as you have watched");
    }
}
