using Settlement.BusinessDays;
using Settlement.Calendars;
using Settlement.PricedLines;
using Settlement.Rates;

namespace Settlement.Testing.Contracts;

/// <summary>What pricing a day's totals promises.</summary>
public abstract class PricingContract
{
    protected abstract StoreUnderTest NewStore();

    [Fact]
    public async Task A_correction_below_a_tier_edge_is_the_same_difference_negative()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 100_010), Scenario.Event(2, Scenario.Monday.AddDays(1), -20));

        await scenario.CloseAsync(Scenario.Monday.AddDays(1));

        var correction = await scenario.LineAsync(Scenario.Monday.AddDays(1));
        (correction.Quantity, correction.ExactAmount, correction.Amount).Should().Be((-20, -(11 * 1.1m + 9 * 1m), -21m));
    }

    [Fact]
    public async Task Two_payees_of_an_item_on_one_day_are_priced_one_after_the_other_by_bytes()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(
            Scenario.Event(1, Scenario.Monday, 60_000, payee: "b", hour: 1), Scenario.Event(2, Scenario.Monday, 60_000, payee: "B", hour: 2));

        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LinesAsync()).Select(l => (l.PayeeId, l.CumulativeBefore, l.CumulativeAfter)).Should().Equal(
            ("B", 0, 60_000), ("b", 60_000, 120_000));
    }

    [Fact]
    public async Task A_rate_version_prices_from_its_first_day_on_and_lines_keep_theirs()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, settlement => settlement.Rates("video.view", rates => rates
            .Flat("old", new DateOnly(2024, 1, 1), Currency.USD, 0.015m)
            .Flat("new", Scenario.Monday.AddDays(1), Currency.USD, 0.025m)));
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 101), Scenario.Event(2, Scenario.Monday.AddDays(1), 101));

        await scenario.CloseAsync(Scenario.Monday.AddDays(1));

        (await scenario.LinesAsync()).Select(l => (l.RateVersion, l.ExactAmount, l.Amount)).Should().Equal(
            ("old", 1.515m, 1.51m), ("new", 2.525m, 2.52m));
    }

    [Fact]
    public async Task A_version_that_priced_a_published_day_can_not_change()
    {
        await using var store = NewStore();
        await using (var before = await Scenario.StartAsync(store, s => s.Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.USD, 1m))))
        {
            await before.LoadAsync(Scenario.Event(1, Scenario.Monday));
            await before.CloseAsync(Scenario.Monday);
        }

        await using var after = await Scenario.StartAsync(store, s => s.Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.USD, 2m)));
        var close = () => after.CloseAsync(Scenario.Monday.AddDays(1));

        (await close.Should().ThrowAsync<CloseRefusedException>()).WithMessage("*'video.view'*v *priced published days*add a new version*");
    }

    [Fact]
    public async Task A_day_before_the_first_rate_version_is_not_published_unpaid()
    {
        await using var store = NewStore();
        await LoadByOtherRatesAsync(store, Scenario.Event(1, Scenario.Monday));
        await using var scenario = await Scenario.StartAsync(
            store, s => s.Rates("video.view", r => r.Flat("v", Scenario.Monday.AddDays(1), Currency.USD, 1m)));

        var close = () => scenario.CloseAsync(Scenario.Monday);

        (await close.Should().ThrowAsync<PricingException>()).WithMessage("*'video.view'*'v1'*2024-07-01*2024-07-02*");
        (await scenario.LinesAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_failed_close_goes_on_with_repaired_rates_as_if_nothing_had_been()
    {
        await using var store = NewStore();
        await LoadByOtherRatesAsync(store, Scenario.Event(1, Scenario.Monday, 5, meter: "ad.view"), Scenario.Event(2, Scenario.Monday, 5));
        await using (var broken = await Scenario.StartAsync(store, s => s
            .Configure(o => o.PartialsPerItemRange = 1)
            .Rates("ad.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.USD, 3m))
            .Rates("video.view", r => r.Flat("v", Scenario.Monday.AddDays(9), Currency.USD, 1m))))
        {
            await broken.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<PricingException>();
            (await broken.Engine.Pipelines.ListRunsAsync(10)).Should().ContainSingle()
                .Which.Should().Match<Pipelines.Run>(r => r.State == Pipelines.RunState.Failed && r.Failure!.Contains("video.view"));
        }

        await using var repaired = await Scenario.StartAsync(store);
        await repaired.CloseAsync(Scenario.Monday);

        (await repaired.LinesAsync()).Select(l => (l.Meter, l.CumulativeBefore, l.Amount)).Should().Equal(("ad.view", 0, 50m), ("video.view", 0, 5m));
        (await repaired.Engine.Pipelines.ListRunsAsync(10)).Select(r => r.State).Should().Equal(
            Pipelines.RunState.Completed, Pipelines.RunState.Abandoned);
        (await repaired.Engine.Verifier.VerifyAsync(new DateRange(Scenario.Monday, Scenario.Monday))).IsClean.Should().BeTrue();
    }

    [Fact]
    public async Task Telescoping_lines_sum_to_the_truncated_price_of_an_items_life()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => s.Rates("video.view", r => r
            .Graduated("v", new DateOnly(2024, 1, 1), Currency.KRW, [(3, 0.4m), (null, 0.7m)]).Round(RoundingRule.Telescoping)));
        int[] quantities = [1, 1, 1, 1, -2, 5, 2];
        await scenario.LoadAsync([.. quantities.Select((q, i) => Scenario.Event(i + 1, Scenario.Monday.AddDays(i), q))]);

        await scenario.CloseAsync(Scenario.Monday.AddDays(6));

        var table = RateTable.Graduated((3, 0.4m), (null, 0.7m));
        var (count, paid) = (0L, 0m);
        foreach (var line in await scenario.LinesAsync())
        {
            count += line.Quantity;
            paid += line.Amount;
            paid.Should().Be(decimal.Truncate(table.PriceOf(count)));
        }
    }

    [Theory]
    [InlineData(CountedOver.Day, 0, 0, 0, 0)]
    [InlineData(CountedOver.Week, 0, 10, 0, 0)]
    [InlineData(CountedOver.Month, 0, 10, 20, 0)]
    [InlineData(CountedOver.Year, 0, 10, 20, 30)]
    [InlineData(CountedOver.Life, 0, 10, 20, 30)]
    public async Task A_count_starts_again_with_what_the_table_counts_over(CountedOver over, long first, long second, long third, long fourth)
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(
            store, s => s.Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.USD, 1m, over)));
        DateOnly[] days = [new(2024, 6, 22), new(2024, 6, 23), new(2024, 6, 24), new(2024, 7, 1)];
        await scenario.LoadAsync([.. days.Select((day, i) => Scenario.Event(i + 1, day, 10))]);

        await scenario.CloseAsync(days[^1]);

        (await scenario.LinesAsync()).Select(l => l.CumulativeBefore).Should().Equal(first, second, third, fourth);
    }

    [Fact]
    public async Task Unpriced_meters_are_counted_and_ranked_and_nobody_is_paid()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 3600, meter: "video.seconds"));

        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LinesAsync()).Should().BeEmpty();
        (await scenario.Engine.Rankings.TopAsync(CalendarPeriod.Day, Scenario.Monday, "video.seconds")).Should().ContainSingle()
            .Which.Quantity.Should().Be(3600);
    }

    [Fact]
    public async Task A_sum_beyond_what_can_be_priced_stops_the_day_and_names_the_item()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync([.. Enumerable.Range(1, 1_001).Select(i => Scenario.Event(i, Scenario.Monday, BillableEvents.BillableEvent.QuantityMax))]);

        var close = () => scenario.CloseAsync(Scenario.Monday);

        (await close.Should().ThrowAsync<PricingException>()).WithMessage("*'v1'*'video.view'*2024-07-01*");
    }

    /// <summary>Stores events that rates without a version for their dates would reject.</summary>
    private static async Task LoadByOtherRatesAsync(StoreUnderTest store, params BillableEvents.BillableEvent[] events)
    {
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(events);
    }
}
