using System.Globalization;
using Settlement.BusinessDays;
using Settlement.Calendars;
using Settlement.Sums;
using Settlement.Lines;
using Settlement.Rates;
using Settlement.Tests.Rates;

namespace Settlement.Tests.Lines;

public sealed class LinePricerTests
{
    private static readonly DateOnly June = new(2024, 6, 1);
    private static readonly DateOnly Day = new(2024, 7, 2);

    private static readonly MeterRates Views = MeterRates.Build("video.view", rates => rates
        .Version("2024-06", June, Currency.KRW, SampleTables.VideoView).Flat("2025", new DateOnly(2025, 1, 1), Currency.KRW, 2m));

    [Fact]
    public void Each_total_has_a_line_and_each_item_a_counter()
    {
        var ads = MeterRates.Build("ad.view", rates => rates.Flat("2024-06", June, Currency.KRW, 10m));

        var priced = Price([ads, Views],
            [Total(7, "b", "ann", "ad.view"), Total(5, "b", "ann"), Total(60_000, "c", "ann"), Total(60_000, "c", "bob"), Total(1, "d", "ann")]);

        priced.Lines.Select(line => (line.Meter, line.ItemId, line.PayeeId, line.CumulativeBefore, line.CumulativeAfter, line.ExactAmount, line.Amount))
            .Should().Equal(
                ("ad.view", "b", "ann", 0, 7, 70m, 70m), ("video.view", "b", "ann", 0, 5, 5m, 5m), ("video.view", "c", "ann", 0, 60_000, 60_000m, 60_000m),
                ("video.view", "c", "bob", 60_000, 120_000, 62_000.1m, 62_000m), ("video.view", "d", "ann", 0, 1, 1m, 1m));
        priced.Counters.Select(counter => (counter.Meter, counter.ItemId, counter.PayeeId, counter.Quantity, counter.Life, counter.Paid))
            .Should().Equal(
                ("ad.view", "b", "ann", 7, 7, default), ("video.view", "b", "ann", 5, 5, default), ("video.view", "c", "bob", 120_000, 120_000, default),
                ("video.view", "d", "ann", 1, 1, default));
    }

    [Fact]
    public void A_meter_without_rates_is_counted_and_not_priced()
    {
        var priced = Price([Views], [Total(30, meter: "video.seconds")], Counter(70, meter: "video.seconds"));

        priced.Lines.Should().BeEmpty();
        priced.Counters.Should().ContainSingle().Which.Life.Should().Be(100);
    }

    [Fact]
    public void A_count_goes_on_from_its_counter()
    {
        var line = Price([Views], [Total(600_000)], Counter(550_000)).Lines.Should().ContainSingle().Subject;

        (line.CumulativeBefore, line.CumulativeAfter, line.ExactAmount, line.Amount).Should().Be((550_000, 1_150_000, 810_000.2m, 810_000m));
        (line.RateScope, line.RateVersion, line.Currency).Should().Be(("", "2024-06", Currency.KRW));
    }

    [Theory]
    [InlineData(CountedOver.Life, 4.2, 1, 4)] // truncate(3.6 + 0.6) − 3
    [InlineData(CountedOver.Month, 0.6, 0, 0)] // a new month: nothing was paid in it
    public void Telescoping_pays_what_the_life_of_the_count_has_not_paid_yet(CountedOver over, decimal exact, decimal amount, decimal paid)
    {
        var rates = MeterRates.Build("video.view", r => r.Round(RoundingRule.Cumulative).Flat("2024-06", June, Currency.KRW, 0.6m, over));

        var priced = Price([rates], [Total(1)], Counter(6) with { Day = new DateOnly(2024, 6, 30), Paid = new PaidSoFar(3.6m, 3m) });

        priced.Lines.Should().ContainSingle().Which.Amount.Should().Be(amount);
        priced.Counters.Should().ContainSingle().Which.Paid.Should().Be(new PaidSoFar(exact, paid));
    }

    [Theory]
    [InlineData(CountedOver.Life, "2024-07-01", 100, true)]
    [InlineData(CountedOver.Life, "2024-07-01", 90, false)]
    [InlineData(CountedOver.Life, "2024-07-02", 90, true)] // priced again: 100 less the day's own 10
    [InlineData(CountedOver.Life, "2024-07-02", 100, false)]
    [InlineData(CountedOver.Month, "2024-07-01", 30, true)]
    [InlineData(CountedOver.Month, "2024-07-01", 100, false)]
    [InlineData(CountedOver.Month, "2024-07-02", 100, true)] // priced again over a month: not known without the day before
    public void A_count_that_does_not_go_on_from_the_last_line_is_refused(CountedOver over, string countedOn, long lineEndsAt, bool goesOn)
    {
        var rates = MeterRates.Build("video.view", r => r.Flat("2024-06", June, Currency.KRW, 1m, over));
        var counter = Counter(100) with { Day = Date(countedOn), LastLine = LastLine(lineEndsAt, "2024-06") };

        var price = () => Price([rates], [Total(1)], counter);

        if (goesOn)
            price().Lines.Should().ContainSingle();
        else
            price.Should().Throw<InvariantException>().WithMessage("Day 2024-07-02*'video-1' of meter 'video.view'*item_counters*2024-07-01 ends at "
                + $"{lineEndsAt}. *set the counter right*the line, and close again.");
    }

    [Fact]
    public void A_line_of_a_version_that_is_no_longer_known_is_not_compared() =>
        Price([Views], [Total(1)], Counter(100) with { LastLine = LastLine(7, "2020") }).Lines.Should().ContainSingle();

    [Fact]
    public void A_day_before_the_first_version_is_refused_with_the_first_day()
    {
        var price = () => Price([Views], [Total(1)], day: new DateOnly(2024, 5, 31));

        price.Should().Throw<PricingException>().WithMessage(
            "Meter 'video.view' has rate tables, but none for item 'video-1' on 2024-05-31: the first starts on 2024-06-01. Add a version that starts on 2024-05-31 or before.");
    }

    [Theory]
    [InlineData(RateTable.CountMax, typeof(ArgumentOutOfRangeException))]
    [InlineData(long.MaxValue, typeof(OverflowException))]
    public void A_count_that_leaves_the_range_is_refused_with_its_reason(long quantity, Type cause)
    {
        var price = () => Price([Views], [Total(quantity)], Counter(1));

        price.Should().Throw<PricingException>().WithMessage("Item 'video-1' of meter 'video.view' can't be counted on 2024-07-02: *take them back*")
            .Which.InnerException.Should().BeOfType(cause);
    }

    private static PricedItems Price(MeterRates[] rates, DailyTotal[] totals, ItemCounter? counter = null, DateOnly? day = null) =>
        new LinePricer(day ?? Day, new BusinessCalendar("Asia/Seoul"), rates.ToDictionary(r => r.Meter))
            .Price(totals, (counter is null ? [] : new[] { counter }).ToDictionary(c => (c.Meter, c.ItemId)));

    private static DailyTotal Total(long quantity, string item = "video-1", string payee = "ann", string meter = "video.view") =>
        new(Day, meter, item, payee, quantity, Events: 1, Late: []);

    /// <summary>Of the day before: 10 units then, 30 in its month.</summary>
    private static ItemCounter Counter(long life, string meter = "video.view") =>
        new(meter, "video-1", new DateOnly(2024, 7, 1), "ann", Quantity: 10, life, Year: life, Month: 30, Week: 20, default, null);

    private static LastLine LastLine(long endsAt, string version) => new(new DateOnly(2024, 7, 1), "ann", "", version, endsAt);

    private static DateOnly Date(string text) => DateOnly.Parse(text, CultureInfo.InvariantCulture);
}
