using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>Contract tests of rankings and statements.</summary>
public abstract class RankingAndStatementContract
{
    protected abstract StoreUnderTest NewStore();

    [Fact]
    public async Task Ties_are_ordered_by_item_id_in_bytes_for_any_number_of_ranks()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => s.Configure(o => o.RankingSize = 3));
        string[] items = ["b", "B", "a", "d", "c"];
        await scenario.LoadAsync([.. items.Select((item, i) => Scenario.Event(i + 1, Scenario.Monday, item == "d" ? 9 : 5, item))]);
        await scenario.CloseAsync(Scenario.Monday);

        foreach (var count in new[] { 1, 2, 3, 4, 5, 6 })
        {
            var top = await scenario.Engine.Rankings.TopAsync(CalendarPeriod.Day, Scenario.Monday, "video.view", count);
            top.Items.Select(r => r.ItemId).Should().Equal(
                new[] { "d", "B", "a", "b", "c" }.Take(count), $"of {count} ranks, stored or computed");
            top.Items.Select(r => r.Rank).Should().Equal(Enumerable.Range(1, top.Items.Count));
        }
    }

    [Fact]
    public async Task Rankings_of_weeks_and_months_are_sums_of_their_days_whether_stored_or_computed()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        var random = new Random(7);
        var first = new DateOnly(2024, 6, 20);
        var events = Enumerable.Range(1, 300)
            .Select(i => Scenario.Event(
                i, first.AddDays(random.Next(25)), random.Next(-3, 20) is var q and not 0 ? q : 1, $"v{random.Next(12)}",
                $"p{random.Next(3)}"))
            .ToArray();
        await scenario.LoadAsync(events);
        await scenario.CloseAsync(first.AddDays(25));

        foreach (var period in new[] { CalendarPeriod.Day, CalendarPeriod.Week, CalendarPeriod.Month })
        {
            foreach (var day in new[] { new DateOnly(2024, 6, 25), new DateOnly(2024, 7, 3), new DateOnly(2024, 7, 10) })
            {
                var days = new BusinessCalendar("Asia/Seoul").PeriodOf(day, period);
                foreach (var payee in new[] { null, "p1" })
                {
                    var top = await scenario.Engine.Rankings.TopAsync(period, day, "video.view", 50, payee);
                    top.Items.Select(r => (r.ItemId, r.Quantity)).Should().Equal(
                        Expected(events, days, payee), $"{period} {day:O} {payee}");
                }
            }
        }

        var range = new DateRange(new DateOnly(2024, 6, 23), new DateOnly(2024, 7, 4));
        foreach (var payee in new[] { null, "p1" })
        {
            var top = await scenario.Engine.Rankings.TopOfDaysAsync(range, "video.view", 50, payee);
            top.Items.Select(r => (r.ItemId, r.Quantity)).Should().Equal(Expected(events, range, payee), $"{range} {payee}");
            top.Coverage.PublishedDays.Should().Be(12);
        }

        static IEnumerable<(string, long)> Expected(IEnumerable<UsageEvent> events, DateRange days, string? payee) => events
            .Where(e => days.Contains(DateOnly.FromDateTime(e.OccurredAt.ToOffset(TimeSpan.FromHours(9)).DateTime))
                && (payee ?? e.PayeeId) == e.PayeeId)
            .GroupBy(e => e.ItemId)
            .Select(g => (g.Key, g.Sum(e => e.Quantity)))
            .OrderByDescending(x => x.Item2).ThenBy(x => x.Key, Utf8Order.Instance);
    }

    [Fact]
    public async Task A_statement_sums_a_payees_lines_by_meter_and_item_and_in_total()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(
            Scenario.Event(1, Scenario.Monday, 100), Scenario.Event(2, Scenario.Monday.AddDays(1), 50),
            Scenario.Event(3, Scenario.Monday, 7, item: "v1/ad-1", meter: "ad.view"), Scenario.Event(
                4, Scenario.Monday, 9, item: "v2", payee: "p2"),
            Scenario.Event(5, Scenario.Monday.AddDays(7), 1000));
        await scenario.CloseAsync(Scenario.Monday.AddDays(7));

        var week = await scenario.Engine.Statements.ReadAsync("p1", CalendarPeriod.Week, Scenario.Monday.AddDays(2));
        var day = await scenario.Engine.Statements.ReadAsync("p1", CalendarPeriod.Day, Scenario.Monday);
        var all = await scenario.Engine.Statements.ReadAllAsync(CalendarPeriod.Month, Scenario.Monday);

        week.PublishedDays.Should().Be(7);
        week.Lines.Select(l => (l.Meter, l.ItemId, l.Quantity, l.Amount.Amount)).Should().Equal(
            ("ad.view", "v1/ad-1", 7, 70m), ("video.view", "v1", 150, 150m));
        week.Totals.Should().Equal(new Money(220m, Currency.KRW));
        day.Totals.Should().Equal(new Money(170m, Currency.KRW));
        all.Payees.Select(p => (p.PayeeId, p.Totals.Single().Amount)).Should().Equal(("p1", 1220m), ("p2", 9m));
    }

    [Fact]
    public async Task Reads_return_empty_results_before_the_first_publication()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);

        (await scenario.Engine.Rankings.TopAsync(CalendarPeriod.Week, Scenario.Monday, "video.view")).Items.Should().BeEmpty();
        (await scenario.Engine.Statements.ReadAsync("nobody", CalendarPeriod.Month, Scenario.Monday)).Lines.Should().BeEmpty();
        (await scenario.Engine.Statements.ReadAllAsync(CalendarPeriod.Month, Scenario.Monday)).Payees.Should().BeEmpty();
    }

    [Fact]
    public async Task Figures_of_a_period_include_its_number_of_published_days_and_completeness()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 100), Scenario.Event(2, Scenario.Monday.AddDays(6), 5));
        await scenario.CloseAsync(Scenario.Monday.AddDays(3));

        await Covered(CalendarPeriod.Month, 4, 31);
        await Covered(CalendarPeriod.Week, 4, 7);
        await Covered(CalendarPeriod.Day, 1, 1);
        await Covered(CalendarPeriod.Year, 4, 366);
        await scenario.CloseAsync(Scenario.Monday.AddDays(6));
        await Covered(CalendarPeriod.Week, 7, 7);

        async Task Covered(CalendarPeriod period, int published, int days)
        {
            var statement = await scenario.Engine.Statements.ReadAsync("p1", period, Scenario.Monday);
            (statement.PublishedDays, statement.Days.Days, statement.IsComplete).Should().Be((published, days, published == days));
            (await scenario.Engine.Statements.ReadAllAsync(period, Scenario.Monday)).Coverage.Should().Be(statement.Coverage);
            (await scenario.Engine.Rankings.TopAsync(period, Scenario.Monday, "video.view")).Coverage.Should().Be(statement.Coverage);
            (await scenario.Engine.Rankings.TopAsync(period, Scenario.Monday, "video.view", payeeId: "p1")).Coverage
                .Should().Be(statement.Coverage);
        }
    }
}
