using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Tests.Api;
using Settlements;

namespace Settlement.SampleHost.Tests.Pages;

public sealed class AdminPageTests(Chromium chromium)
{
    [Fact]
    public async Task A_rate_table_is_tried_on_published_days_and_validated()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (_, videoId) = await platform.RegisterAsync(lengthSeconds: 100);
        for (var n = 0; n < 3; n++)
            await platform.ViewAsync(await platform.LogInAsync(), videoId);
        await platform.CloseDayAsync();
        await using var admin = await chromium.VisitAsync(platform.Address);
        await admin.LogInAsync((await platform.LogInAsync("admin")).Email);
        var page = admin.Page;
        await admin.GoAsync("/admin/rates");

        // 3 views: 2 at 7.5, 1 at 1.1, in whole won.
        await page.FillAsync("[aria-label='Tier 1, up to view number']", "2");
        await page.FillAsync("[aria-label='Tier 1, price per view in KRW']", "7.5");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync("#preview");
        (await page.Locator("#preview .main dd").InnerTextAsync()).Should().Be("₩16");
        (await page.Locator("#preview dl").InnerTextAsync()).Should().Contain("₩3").And.Contain("+₩13");
        await page.SubmitAsync("#try tbody tr:nth-child(3) button");
        await page.SubmitAsync("text=Add a tier");
        (await page.Locator("#try tbody tr").CountAsync()).Should().Be(4, "a tier was removed and one was added");
        admin.ConsoleErrors.Should().BeEmpty();

        await page.FillAsync("[aria-label='Tier 2, up to view number']", "1");
        await page.FillAsync("[aria-label='Tier 4, price per view in KRW']", "cheap");
        await page.SubmitAsync("#try .buttons >> text=Calculate");
        foreach (var (field, error) in ((string, string)[])[("Tier 2, up to view number", "whole number above 2"), (
            "Tier 4, price per view in KRW", "'cheap'")])
        {
            var input = page.Locator($"[aria-label='{field}']");
            (await input.GetAttributeAsync("aria-invalid")).Should().Be("true");
            (await admin.TextAsync($"#{await input.GetAttributeAsync("aria-describedby")}")).Should().Contain(error);
        }

        (await platform.Service<SettlementEngine>().Statements.ReadAllAsync(CalendarPeriod.Day, new DateOnly(2026, 3, 10)))
            .Payees.Single().Totals.Single().Amount.Should().Be(3, "published lines never change");
    }

    [Fact]
    public async Task Accounts_are_found_by_address()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var ann = await platform.LogInAsync();
        await using var admin = await chromium.VisitAsync(platform.Address);
        await admin.LogInAsync((await platform.LogInAsync("admin")).Email);
        await admin.Page.GotoAsync("/admin/users");
        (await admin.Page.Locator("#accounts tbody tr").CountAsync()).Should().Be(2);

        await admin.Page.FillAsync("#search", ann.Email);
        await admin.Page.SubmitAsync("#accounts form[role=search] button");

        (await admin.TextAsync("#accounts tbody")).Should().Contain(ann.Email);
        (await admin.Page.Locator("#accounts tbody tr").CountAsync()).Should().Be(1);
        await admin.Page.GotoAsync("/admin/users?search=nobody@");
        (await admin.TextAsync("#accounts")).Should().Contain("No account matches “nobody@”");
        admin.ConsoleErrors.Should().BeEmpty();
    }

    [Fact]
    public async Task Running_instances_are_listed_and_stopped_ones_are_not()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var instances = platform.Service<InstanceRegistry>();
        await platform.WhileAdvancingClockAsync(UntilListedAsync());
        await using var admin = await chromium.VisitAsync(platform.Address);
        await admin.LogInAsync((await platform.LogInAsync("admin")).Email);
        (await admin.Page.GotoAsync("/admin/runs/999"))!.Status.Should().Be(404, "there is no such run");
        await admin.Page.GotoAsync("/admin/instances");

        (await admin.TextAsync("tbody")).Should().Contain("this instance").And.Contain("running").And.Contain(platform.Address.Authority);
        await instances.StopAsync(CancellationToken.None);
        await admin.Page.ReloadAsync();
        (await admin.TextAsync("main")).Should().Contain("No instance has written");

        async Task<bool> UntilListedAsync()
        {
            while ((await instances.ListAsync(CancellationToken.None)).Count == 0)
                await Task.Delay(TimeSpan.FromSeconds(1), platform.Clock);
            return true;
        }
    }
}
