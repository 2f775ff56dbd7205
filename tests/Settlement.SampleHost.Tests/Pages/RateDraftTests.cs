using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Rates;
using Settlement.SampleHost.Reports;
using Settlement.SampleHost.Tests.Api;
using Settlements;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>Drafts of rates: proposed by an admin, tried on closed days, approved by another admin or withdrawn.</summary>
public sealed class RateDraftTests(Chromium chromium)
{
    private static readonly DateOnly ClosedDay = new(2026, 3, 10);

    [Fact]
    public async Task An_admin_drafts_rates_and_another_admin_approves_them()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (_, videoId) = await platform.RegisterAsync(lengthSeconds: 100);
        await platform.ViewAsync(await platform.LogInAsync(), videoId);
        await platform.CloseDayAsync();
        await using var first = await chromium.VisitAsync(platform.Address);
        var (firstEmail, secondEmail) = ((await platform.LogInAsync("admin")).Email, (await platform.LogInAsync("admin")).Email);
        await first.LogInAsync(firstEmail);
        await using var second = await chromium.VisitAsync(platform.Address, width: 390);
        await second.LogInAsync(secondEmail);

        await ProposeAsync(first, "2026-04", "9.5");
        (await first.TextAsync("#own")).Should().Contain("Another admin has to approve it");
        (await first.Page.Locator("#decide button:has-text('Approve')").CountAsync()).Should().Be(0);
        await second.GoAsync("/admin/rates");
        await second.Page.ClickAsync("#drafts tbody a");
        (await second.TextAsync("#preview .main dd")).Should().Be("₩9");
        (await second.TextAsync("#gate")).Should().Contain("Refused by the gate").And.Contain(
            "The total changes from ₩1 to ₩9");

        await second.Page.ClickAsync("#decide button:has-text('Approve')");
        await second.Page.WaitForSelectorAsync("#problem:has-text('The gate refuses the trial')");
        await second.Page.CheckAsync("#decide input[type=checkbox]");
        await second.Page.ClickAsync("#decide button:has-text('Approve')");
        await second.Page.WaitForSelectorAsync("#done:has-text('The draft was approved.')");

        await platform.ViewAsync(await platform.LogInAsync(), videoId);
        await platform.CloseDayAsync();
        (await TotalAsync(platform, ClosedDay)).Should().Be(1, "a closed day never changes");
        (await TotalAsync(platform, ClosedDay.AddDays(1))).Should().Be(9, "the draft prices the days from its first one on");

        // The login sessions ended with the day.
        await first.LogInAsync(firstEmail);
        await second.LogInAsync(secondEmail);
        await ProposeAsync(first, "2026-05", "2");
        await first.Page.ClickAsync("#decide button:has-text('Withdraw')");
        await first.Page.WaitForSelectorAsync("#done:has-text('The draft was withdrawn.')");
        await second.GoAsync("/admin/rates");
        (await second.TextAsync("#drafts tbody")).Should().Contain("withdrawn").And.Contain("approved").And.Contain("2026-05");
        (await second.TextAsync("main .grid")).Should().Contain("2026-04").And.Contain("approved draft").And.NotContain("2026-05");
        first.ConsoleErrors.Concat(second.ConsoleErrors).Where(e => !e.Contains("409", StringComparison.Ordinal)
            && !e.Contains("400", StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_draft_needs_another_admin_and_the_trial_that_was_seen()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (creator, videoId) = await platform.RegisterAsync(lengthSeconds: 100);
        await platform.ViewAsync(await platform.LogInAsync(), videoId);
        await platform.CloseDayAsync();
        var (drafts, cancel) = (platform.Service<RateDrafts>(), TestContext.Current.CancellationToken);
        var period = await platform.Service<Periods>().ReadAsync("day", "2026-03-10", cancel);

        // Volume over a day: the other pricing models and counter periods are tried by the library as they are closed.
        var table = RateTable.Volume((1, 1m), (null, 3m)).Over(CounterPeriod.Day);
        var proposal = await drafts.ProposeAsync("video.view", table, "daily", "2026-03-11", "test", "ann", cancel);
        var draft = await drafts.FindAsync(proposal.ProposalId, cancel);
        var report = (await drafts.TryAsync("video.view", "", draft.Version!.Table, period, cancel))!;

        report.Totals.Single().Payees.Should().ContainSingle(p => p.PayeeId == creator.UserId && p.After == 1);
        await RefusedAsync("Another admin", () => drafts.ApproveAsync(draft, proposal.Hash, report.Hash, period, false, "ann", cancel));
        await RefusedAsync("trial has changed", () => drafts.ApproveAsync(draft, proposal.Hash, "other", period, false, "bob", cancel));
        await RefusedAsync("Refused", () => drafts.ApproveAsync(draft, "other", report.Hash, period, false, "bob", cancel));
        await drafts.ApproveAsync(draft, proposal.Hash, report.Hash, period, false, "bob", cancel);
        draft = await drafts.FindAsync(proposal.ProposalId, cancel);
        (draft.Proposal.State, draft.Proposal.ApprovedBy).Should().Be((ProposalState.Approved, "bob"));
        await RefusedAsync("is decided", () => drafts.WithdrawAsync(proposal.ProposalId, cancel));

        var invalid = await drafts.Invoking(d => d.ProposeAsync("video.view", table, "daily", "2026-03-10", " ", "ann", cancel)).Should()
            .ThrowAsync<PlatformException>();
        invalid.Which.Fields.Select(f => f.Field).Should().Equal("name", "reason", "firstDay");

        static async Task RefusedAsync(string title, Func<Task> action) =>
            (await action.Should().ThrowAsync<PlatformException>()).Which.Title.Should().Contain(title);
    }

    private static async Task ProposeAsync(Visitor admin, string name, string price)
    {
        var page = admin.Page;
        await admin.GoAsync("/admin/rates");
        await page.FillAsync("[aria-label='Tier 1, price per view in KRW']", price);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync("#preview");
        await page.FillAsync("#name", name);
        await page.FillAsync("#first-day", "2026-03-10");
        await page.FillAsync("#reason", "contract 42");
        await page.ClickAsync("#propose button");
        await page.WaitForSelectorAsync("#first-day-error:has-text('2026-03-10 is closed')");
        await page.FillAsync("#first-day", name == "2026-04" ? "2026-03-11" : "2026-04-01");
        await page.ClickAsync("#propose button");
        await page.WaitForSelectorAsync("#done:has-text('The draft was stored.')");
    }

    private static async Task<decimal> TotalAsync(PlatformUnderTest platform, DateOnly day) =>
        (await platform.Service<SettlementEngine>().Statements.ReadAllAsync(CalendarPeriod.Day,
            day)).Payees.Single().Totals.Single().Amount;
}
