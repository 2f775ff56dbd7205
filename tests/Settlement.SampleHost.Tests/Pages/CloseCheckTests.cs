using System.Net;
using System.Text.RegularExpressions;
using Settlement.SampleHost.Corrections;
using Settlement.SampleHost.Rates;
using Settlement.SampleHost.Tests.Api;
using Settlements;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>The dry run of a close, which is part of its confirmation, and the comparison with the sources.</summary>
public sealed partial class CloseCheckTests(MySqlForApi mySql)
{
    [Fact]
    public async Task A_confirmation_says_what_the_close_would_do_and_changes_nothing()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (_, videoId) = await platform.RegisterAsync(lengthSeconds: 100);
        await platform.ViewAsync(await platform.LogInAsync(), videoId);
        await platform.CloseDayAsync();
        platform.Clock.Advance(TimeSpan.FromDays(1));
        var cancel = TestContext.Current.CancellationToken;
        var (engine, drafts) = (platform.Service<SettlementEngine>(), platform.Service<RateDrafts>());
        var admin = await platform.LogInAsync("admin");
        using var browser = new TestBrowser(platform.Address);
        await browser.LogInAsync(admin.Email);
        (await AskAsync()).Should().Contain("This closes 11 Mar 2026.").And.Contain("No new rates and no corrections");

        var approved = await drafts.ProposeAsync("ad.view", RateTable.Flat(12), "new", "2026-03-11", "contract", "ann", cancel);
        await engine.Rates.ApproveAsync(approved.ProposalId, approved.Hash, "bob", cancel);
        var waiting = await drafts.ProposeAsync("video.view", RateTable.Flat(2), "draft", "2026-03-11", "contract", "ann", cancel);
        var correction = await platform.Service<CorrectionDesk>().ExcludeAsync(
            "2026-03-10", "2026-03-10", videoId, null, "bots", "ann", cancel);

        (await AskAsync()).Should().ContainAll(
            "Views of ads: version new is used from 11 Mar 2026 on.",
            "Views of videos: draft draft begins on 11 Mar 2026 and is not approved.",
            $"Exclusion {correction} is not approved.").And.NotContain("No new rates");
        var check = (await platform.WhileAdvancingClockAsync(admin.GetAsync("/api/schedule/check?through=2026-03-11"))).Should(200).Json;
        (check.GetProperty("first").GetString(), check.GetProperty("days").GetInt32()).Should().Be(("2026-03-11", 1));
        check.GetProperty("rates")[0].GetString().Should().Be("ad.view new");
        check.GetProperty("drafts")[0].GetInt64().Should().Be(waiting.ProposalId);
        check.GetProperty("waiting")[0].GetInt64().Should().Be(correction);
        (await admin.GetAsync("/api/schedule/check?through=2026-03-10")).Should(200).Json.GetProperty("days").GetInt32().Should().Be(0);
        (await admin.GetAsync("/api/schedule/check?through=2026-03-12")).ShouldBeProblem(400);
        (await engine.Days.FindNextAsync(cancel)).Should().Be(new DateOnly(2026, 3, 11), "a dry run closes nothing");
        (await browser.Client.GetAsync("/admin/corrections?compare=true")).Should(200).Text.Should().Contain(
            "No differences. Compared days: 1.");

        async Task<string> AskAsync()
        {
            var form = await browser.OpenFormAsync("/admin/runs", "close");
            form["Through"] = "2026-03-11";
            var (status, text, _) = await platform.WhileAdvancingClockAsync(browser.SendFormAsync("/admin/runs", form));
            status.Should().Be(200);
            return WebUtility.HtmlDecode(Spaces().Replace(Tags().Replace(Confirmation().Match(text).Value, " "), " "));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_confirmation_names_the_amounts_that_the_close_then_publishes(bool isMySql)
    {
        await using var platform = await PlatformUnderTest.StartAsync(isMySql ? await mySql.CreateAsync() : null);
        var (creator, videoId) = await platform.RegisterAsync(lengthSeconds: 100);
        var (_, another) = await platform.RegisterAsync(lengthSeconds: 100);
        foreach (var id in new[] { videoId, videoId, another })
            await platform.ViewAsync(await platform.LogInAsync(), id);
        platform.Clock.Advance(TimeSpan.FromDays(1));
        var cancel = TestContext.Current.CancellationToken;
        var engine = platform.Service<SettlementEngine>();
        var admin = await platform.LogInAsync("admin");
        using var browser = new TestBrowser(platform.Address);
        await browser.LogInAsync(admin.Email);

        var amounts = (await platform.WhileAdvancingClockAsync(admin.GetAsync("/api/schedule/check?through=2026-03-10"))).Should(200).Json
            .GetProperty("amounts");
        var form = await browser.OpenFormAsync("/admin/runs", "close");
        form["Through"] = "2026-03-10";
        var (status, text, _) = await platform.WhileAdvancingClockAsync(browser.SendFormAsync("/admin/runs", form));
        var page = WebUtility.HtmlDecode(Spaces().Replace(Tags().Replace(Confirmation().Match(text).Value, " "), " "));

        status.Should().Be(200);
        page.Should().ContainAll("It would publish ₩3 for 2 payees, in 4 lines", "Nothing is published", "₩2 ", "₩1 ");
        amounts.GetProperty("total").GetDecimal().Should().Be(3);
        (await engine.Days.ListPublishedAsync(new DateRange(new DateOnly(2026, 3, 10), new DateOnly(2026, 3, 10)), cancel)).Should()
            .BeEmpty();
        await engine.Days.CloseThroughAsync(new DateOnly(2026, 3, 10), cancellationToken: cancel);
        var published = await engine.Statements.ReadAllAsync(CalendarPeriod.Day, new DateOnly(2026, 3, 10));
        amounts.GetProperty("payees").EnumerateArray().ToDictionary(
            p => p.GetProperty("payeeId").GetString()!, p => p.GetProperty("amount").GetDecimal()).Should().BeEquivalentTo(
            published.Payees.ToDictionary(p => p.PayeeId, p => p.Totals.Sum(t => t.Amount)));
        amounts.GetProperty("payees")[0].GetProperty("payeeId").GetString().Should().Be(creator.UserId, "the highest is first");

        (_, text, _) = await platform.WhileAdvancingClockAsync(browser.SendFormAsync("/admin/runs", form));
        text.Should().Contain("All days through this day are already closed.").And.NotContain("name=\"Confirmed\"");
    }

    [GeneratedRegex("id=\"confirm\".*?</form>", RegexOptions.Singleline)]
    private static partial Regex Confirmation();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
