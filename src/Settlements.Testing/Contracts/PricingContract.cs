namespace Settlements.Testing;

/// <summary>Contract tests of pricing.</summary>
public abstract class PricingContract
{
    protected abstract StoreUnderTest NewStore();

    [Fact]
    public async Task A_correction_across_a_tier_edge_reverts_the_amount_of_the_same_units()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 100_010), Scenario.Event(2, Scenario.Monday.AddDays(1), -20));

        await scenario.CloseAsync(Scenario.Monday.AddDays(1));

        var correction = await scenario.LineAsync(Scenario.Monday.AddDays(1));
        (correction.Quantity, correction.Price!.ExactAmount, correction.Amount).Should().Be((-20, -(11 * 1.1m + 9 * 1m), -21m));
    }

    [Fact]
    public async Task Payees_of_an_item_on_one_day_are_priced_in_byte_order()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(
            Scenario.Event(1, Scenario.Monday, 60_000, payee: "b", hour: 1),
            Scenario.Event(2, Scenario.Monday, 60_000, payee: "B", hour: 2));

        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LinesAsync()).Select(l => (l.PayeeId, l.Price!.CounterBefore, l.Price.CounterAfter)).Should().Equal(
            ("B", 0, 60_000), ("b", 60_000, 120_000));
    }

    [Fact]
    public async Task A_rate_version_prices_from_its_first_day_and_published_lines_keep_their_version()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, settlement => settlement.Rates("video.view", rates => rates
            .Flat("old", new DateOnly(2024, 1, 1), Currency.USD, 0.015m)
            .Flat("new", Scenario.Monday.AddDays(1), Currency.USD, 0.025m)));
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 101), Scenario.Event(2, Scenario.Monday.AddDays(1), 101));

        await scenario.CloseAsync(Scenario.Monday.AddDays(1));

        (await scenario.LinesAsync()).Select(l => (l.Price!.RateVersion, l.Price.ExactAmount, l.Amount)).Should().Equal(
            ("old", 1.515m, 1.51m), ("new", 2.525m, 2.52m));
    }

    [Fact]
    public async Task A_version_that_priced_a_published_day_can_not_change()
    {
        await using var store = NewStore();
        await using (var before = await Scenario.StartAsync(
            store, s => s.Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.USD, 1m))))
        {
            await before.LoadAsync(Scenario.Event(1, Scenario.Monday));
            await before.CloseAsync(Scenario.Monday);
        }

        await using var after = await Scenario.StartAsync(
            store, s => s.Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.USD, 2m)));
        var close = () => after.CloseAsync(Scenario.Monday.AddDays(1));

        (await close.Should().ThrowAsync<CloseRefusedException>()).WithMessage("*'video.view'*v *priced published days*add a new version*");
    }

    [Fact]
    public async Task Cumulatively_rounded_lines_sum_to_the_truncated_price_of_all_units_of_an_item()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => s.Rates("video.view", r => r
            .Graduated("v", new DateOnly(2024, 1, 1), Currency.KRW, [(3, 0.4m), (null, 0.7m)]).Round(Rounding.Cumulative)));
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
    [InlineData(CounterPeriod.Day, 0, 0, 0, 0)]
    [InlineData(CounterPeriod.Week, 0, 10, 0, 0)]
    [InlineData(CounterPeriod.Month, 0, 10, 20, 0)]
    [InlineData(CounterPeriod.Year, 0, 10, 20, 30)]
    [InlineData(CounterPeriod.Lifetime, 0, 10, 20, 30)]
    public async Task A_counter_restarts_with_each_counter_period(CounterPeriod over, long first, long second, long third, long fourth)
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(
            store, s => s.Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.USD, 1m, over)));
        DateOnly[] days = [new(2024, 6, 22), new(2024, 6, 23), new(2024, 6, 24), new(2024, 7, 1)];
        await scenario.LoadAsync([.. days.Select((day, i) => Scenario.Event(i + 1, day, 10))]);

        await scenario.CloseAsync(days[^1]);

        (await scenario.LinesAsync()).Select(l => l.Price!.CounterBefore).Should().Equal(first, second, third, fourth);
    }

    [Fact]
    public async Task Unpriced_meters_are_counted_and_ranked_without_amounts()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 3600, meter: "video.seconds"));

        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LineAsync(Scenario.Monday)).Should().Match<SettlementLine>(l => l.Quantity == 3600 && l.Price == null);
        (await scenario.Engine.Statements.ReadAsync("p1", CalendarPeriod.Day, Scenario.Monday)).Lines.Should().BeEmpty();
        (await scenario.Engine.Rankings.TopAsync(CalendarPeriod.Day, Scenario.Monday, "video.seconds")).Items.Should().ContainSingle()
            .Which.Quantity.Should().Be(3600);
    }
}
