using Settlement.SampleHost.Corrections;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Tests.Api;
using Settlements;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>
/// Corrections of closed days: proposed with a preview by an admin, approved by another one, posted to the first open day.
/// </summary>
public abstract class CorrectionContract(Chromium chromium)
{
    private static readonly DateOnly ClosedDay = new(2026, 3, 10);

    private protected abstract Task<PlatformUnderTest> StartAsync();

    [Fact]
    public async Task Usage_is_excluded_and_reinstated_by_two_admins()
    {
        await using var platform = await StartAsync();
        var (_, videoId) = await platform.RegisterAsync(lengthSeconds: 100);
        for (var n = 0; n < 3; n++)
            await platform.ViewAsync(await platform.LogInAsync(), videoId);
        await platform.CloseDayAsync();
        var (firstEmail, secondEmail) = ((await platform.LogInAsync("admin")).Email, (await platform.LogInAsync("admin")).Email);
        await using var first = await chromium.VisitAsync(platform.Address);
        await using var second = await chromium.VisitAsync(platform.Address);
        await first.LogInAsync(firstEmail);
        await second.LogInAsync(secondEmail);

        await first.GoAsync("/admin/corrections");
        await first.Page.ClickAsync("#exclude form button");
        await first.Page.WaitForSelectorAsync("#video-error:has-text('Give a video, a payee, or both')");
        await first.Page.WaitForSelectorAsync("#exclude-reason-error");
        await first.Page.FillAsync("#video", videoId);
        await first.Page.FillAsync("#exclude-reason", "bots");
        await first.Page.ClickAsync("#exclude form button");
        await first.Page.WaitForSelectorAsync("#own:has-text('Another admin has to approve it')");
        (await first.TextAsync("#correction .main dd")).Should().Be("−₩3");
        (await first.Page.Locator("#decide button:has-text('Approve')").CountAsync()).Should().Be(0);

        await ApproveAsync(second, "bots");
        (await second.TextAsync("#parts tbody")).Should().Contain("Rivers of Korea").And.Contain("Views of videos").And.Contain("-3");
        await platform.CloseDayAsync();
        (await TotalAsync(platform, ClosedDay)).Should().Be(3, "a closed day never changes");
        (await TotalAsync(platform, ClosedDay.AddDays(1))).Should().Be(-3);

        // The login sessions ended with the day. The reinstatement needs another admin too.
        await first.LogInAsync(firstEmail);
        await second.LogInAsync(secondEmail);
        await second.GoAsync("/admin/corrections");
        await second.Page.ClickAsync("#corrections tbody a");
        await second.Page.FillAsync("#reason", "they were people");
        await second.Page.ClickAsync("#reinstate form button");
        await second.Page.WaitForSelectorAsync("#own");
        await ApproveAsync(first, "they were people");
        await platform.CloseDayAsync();
        (await TotalAsync(platform, ClosedDay.AddDays(2))).Should().Be(3);
        first.ConsoleErrors.Concat(second.ConsoleErrors).Where(e => !e.Contains("400", StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public async Task Days_are_restated_by_a_superseding_version_and_refused_without_a_difference()
    {
        await using var platform = await StartAsync();
        var (_, videoId) = await platform.RegisterAsync(lengthSeconds: 100);
        await platform.ViewAsync(await platform.LogInAsync(), videoId);
        await platform.CloseDayAsync();
        var (desk, engine, cancel) =
            (platform.Service<CorrectionDesk>(), platform.Service<SettlementEngine>(), TestContext.Current.CancellationToken);

        await RefusedAsync("Nothing differs", () => desk.RestateAsync("2026-03-10", "2026-03-10", "wrong rate", "ann", cancel));
        var rate = await engine.Rates.ProposeAsync(
            new RateChange("video.view", "2017-01-b", new DateOnly(2017, 1, 1), Currency.KRW, RateTable.Flat(5m), supersedes: "2017-01"),
            "typing error", "ann", cancel);
        await engine.Rates.ApproveAsync(rate.ProposalId, rate.Hash, "bob", cancel);
        var correction = await desk.FindAsync(await desk.RestateAsync("2026-03-10", "2026-03-10", "wrong rate", "ann", cancel), cancel);

        correction.Seen!.AmountWon.Should().Be(4);
        correction.Seen.ReadParts().Should().ContainSingle().Which.Should().Match<CorrectionPart>(
            p => p.ItemId == videoId && p.Quantity == 0 && p.Amount == 4);
        await RefusedAsync("Another admin", () => desk.ApproveAsync(correction, correction.Proposal.Hash, "ann", cancel));
        await RefusedAsync("Refused", () => desk.ApproveAsync(correction, "other", "bob", cancel));
        await desk.ApproveAsync(correction, correction.Proposal.Hash, "bob", cancel);
        correction = await desk.FindAsync(correction.Proposal.ProposalId, cancel);
        await RefusedAsync("is decided", () => desk.WithdrawAsync(correction.Proposal, cancel));
        await platform.CloseDayAsync();
        (await TotalAsync(platform, ClosedDay)).Should().Be(1);
        (await TotalAsync(platform, ClosedDay.AddDays(1))).Should().Be(4);

        var excluded = await desk.FindAsync(
            await desk.ExcludeAsync("2026-03-10", "2026-03-10", videoId, null, "bots", "ann", cancel), cancel);
        await desk.WithdrawAsync(excluded.Proposal, cancel);
        (await desk.ListAsync(cancel)).Select(c => c.Proposal.State).Should().Equal(ProposalState.Withdrawn, ProposalState.Approved);
        (await desk.Invoking(d => d.ExcludeAsync("2026-03-11", "2026-03-10", "none", null, "", "ann", cancel)).Should()
            .ThrowAsync<PlatformException>()).Which.Fields.Select(f => f.Field).Should().Equal("last", "reason", "video");

        static async Task RefusedAsync(string title, Func<Task> action) =>
            (await action.Should().ThrowAsync<PlatformException>()).Which.Title.Should().Contain(title);
    }

    [Fact]
    public async Task An_excluded_video_includes_the_ads_that_it_had_and_usage_that_arrived_late()
    {
        await using var platform = await StartAsync();
        var (creator, videoId) = await platform.RegisterAsync(lengthSeconds: 700);
        var (desk, engine, cancel) =
            (platform.Service<CorrectionDesk>(), platform.Service<SettlementEngine>(), TestContext.Current.CancellationToken);
        await WriteAsync($"{videoId}/ad-1", $"{videoId}/ad-2", $"{videoId}-other/ad-1");
        await platform.CloseDayAsync();
        await WriteAsync($"{videoId}/ad-1", videoId);
        await platform.CloseDayAsync();
        await creator.AuthorizeAsync(PlatformUnderTest.Password);
        (await creator.SendAsync(HttpMethod.Put, $"/api/videos/{videoId}", new { title = "Short", lengthSeconds = 60 })).Should(200);

        var excluded = await desk.FindAsync(await desk.ExcludeAsync("2026-03-10", "2026-03-10", videoId, null, "bots", "ann", cancel), cancel);

        excluded.Seen!.ReadParts().Select(p => $"{p.Meter} {p.ItemId} {p.Quantity}").Should().Equal(
            $"ad.view {videoId}/ad-1 -2", $"ad.view {videoId}/ad-2 -1", $"video.view {videoId} -1");

        Task WriteAsync(params string[] items) => engine.Events.LoadAsync(
            items.Select(item => new UsageEvent(
                Guid.NewGuid(), PlatformUnderTest.Noon, item == videoId ? PlatformMeters.Views : PlatformMeters.AdViews, item,
                creator.UserId, 1)).ToAsyncEnumerable(), cancellationToken: cancel);
    }

    private static async Task ApproveAsync(Visitor admin, string reason)
    {
        await admin.GoAsync("/admin/corrections");
        await admin.Page.ClickAsync($"#corrections tr:has-text('{reason}') a");
        await admin.Page.ClickAsync("#decide button:has-text('Approve')");
        await admin.Page.WaitForSelectorAsync("#done:has-text('The correction was approved')");
    }

    private static async Task<decimal> TotalAsync(PlatformUnderTest platform, DateOnly day) =>
        (await platform.Service<SettlementEngine>().Statements.ReadAllAsync(CalendarPeriod.Day,
            day)).Payees.Single().Totals.Single().Amount;
}

public sealed class SqliteCorrectionTests(Chromium chromium) : CorrectionContract(chromium)
{
    private protected override Task<PlatformUnderTest> StartAsync() => PlatformUnderTest.StartAsync();
}

public sealed class MySqlCorrectionTests(Chromium chromium, MySqlForApi server) : CorrectionContract(chromium)
{
    private protected override async Task<PlatformUnderTest> StartAsync() => await PlatformUnderTest.StartAsync(await server.CreateAsync());
}
