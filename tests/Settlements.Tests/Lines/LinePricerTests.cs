using Settlements.Stores;
using Settlements.Tests.Rates;
using static Settlements.Tests.Lines.Postings;

namespace Settlements.Tests.Lines;

public sealed class LinePricerTests
{
    private static readonly DateOnly Start = new(2024, 6, 1);

    private static MeterRates Views => Meter(r => r.Version("2024-06", Start, Currency.KRW, SampleTables.VideoView), "video.view");

    private static MeterRates Ads => Meter(r => r.Version("2024-06", Start, Currency.KRW, SampleTables.AdView), "ad.view");

    [Fact]
    public void The_lines_have_the_worked_figures_of_the_rules()
    {
        var days = new Postings(Views, Ads);

        var first = days.Use("07-01", "ann", 550_000, meter: "video.view").Use("07-01", "ann", 1_150_000, "v1/ad-1", "ad.view").Post(
            "07-01");
        var second = days.Use("07-02", "ann", 600_000, meter: "video.view").Post("07-02");

        first.Concat(second).Select(l => (l.Meter, l.Price!.CounterBefore, l.Price.CounterAfter, l.Price.ExactAmount, l.Amount))
            .Should().Equal(
                ("ad.view", 0, 1_150_000, 16_300_010m, 16_300_010m), ("video.view", 0, 550_000, 605_000.3m, 605_000m),
                ("video.view", 550_000, 1_150_000, 810_000.2m, 810_000m));
        second[0].Price!.Should().Match<LinePrice>(p => p.RateScope == "" && p.RateVersion == "2024-06" && p.Currency.Equals(Currency.KRW));
    }

    [Fact]
    public void Payees_of_an_item_are_priced_in_byte_order()
    {
        var lines = new Postings(Views).Use("07-01", "b", 60_000, meter: "video.view").Use("07-01", "B", 60_000, meter: "video.view").Post(
            "07-01");

        lines.Select(l => (l.PayeeId, l.Price!.CounterBefore, l.Price.CounterAfter, l.Price.ExactAmount)).Should().Equal(
            ("B", 0, 60_000, 60_000m), ("b", 60_000, 120_000, 62_000.1m));
    }

    [Fact]
    public void A_meter_without_rates_has_lines_without_prices_and_no_counter()
    {
        var days = new Postings(Views);

        var lines = days.Use("07-01", "ann", 30, meter: "video.seconds").Use("06-30", "ann", 4, meter: "video.seconds").Post("07-01");

        lines.Select(l => (l.UsageDate, l.Quantity, l.Price)).Should().BeEquivalentTo(
            [(Date("07-01"), 30L, (LinePrice?)null), (Date("06-30"), 4L, null)]);
        days.Last.Counters.Should().BeEmpty();
    }

    [Fact]
    public void Events_that_cancel_out_have_a_line_and_usage_without_events_has_none()
    {
        var lines = new Postings(Views)
            .Use("07-01", "ann", 0, meter: "video.view", events: 2).Use("07-01", "bob", 0, meter: "video.view", events: 0).Post("07-01");

        lines.Should().ContainSingle().Which
            .Should().Match<SettlementLine>(l => l.PayeeId == "ann" && l.Quantity == 0 && l.Events == 2 && l.Amount == 0);
    }

    [Fact]
    public void An_item_override_precedes_a_payee_override_and_both_precede_the_meters_version()
    {
        var rates = Meter(r => r.Flat("all", Start, Currency.KRW, 1m)
            .ForPayee("ann", o => o.Flat("ann", Start, Currency.KRW, 2m)).ForItem("v2", o => o.Flat("v2", Start, Currency.KRW, 3m)));

        var lines = new Postings(rates).Use("07-01", "ann", 1).Use("07-01", "bob", 1).Use("07-01", "ann", 1, "v2").Post("07-01");

        lines.Select(l => (l.ItemId, l.PayeeId, l.Amount, l.Price!.RateScope)).Should().Equal(
            ("v1", "ann", 2m, "payee:ann"), ("v1", "bob", 1m, ""), ("v2", "ann", 3m, "item:v2"));
    }

    [Fact]
    public void Units_under_an_override_move_the_counter_of_the_item()
    {
        var rates = Meter(r => r.Graduated("all", Start, Currency.KRW, [(10, 1m), (null, 5m)]).ForPayee(
            "ann", o => o.Flat("ann", Start, Currency.KRW, 2m)));

        new Postings(rates).Use("07-01", "ann", 10).Use("07-01", "bob", 2).PostText("07-01")
            .Should().Equal("07-01 ann 10: 20", "07-01 bob 2: 10");
    }

    [Theory]
    [InlineData(CounterPeriod.Day, 0, 0, 0, 0)]
    [InlineData(CounterPeriod.Week, 0, 10, 0, 0)]
    [InlineData(CounterPeriod.Month, 0, 10, 20, 0)]
    [InlineData(CounterPeriod.Year, 0, 10, 20, 30)]
    [InlineData(CounterPeriod.Lifetime, 0, 10, 20, 30)]
    public void A_counter_restarts_with_each_counter_period(CounterPeriod over, long first, long second, long third, long fourth)
    {
        var days = new Postings(Meter(r => r.Flat("v", Start, Currency.USD, 1m, over)));

        string[] dates = ["06-22", "06-23", "06-24", "07-01"];
        dates.Select(d => days.Use(d, "ann", 10).Post(d).Single().Price!.CounterBefore).Should().Equal(first, second, third, fourth);
    }

    [Fact]
    public void Rates_of_one_two_and_three_won_in_a_month_sum_to_620()
    {
        var days = new Postings(Meter(r => r.Flat("1", Start, Currency.KRW, 1m).Flat("2", Date("06-10"), Currency.KRW, 2m).Flat(
            "3", Date("06-20"), Currency.KRW, 3m)));

        var june = Enumerable.Range(1, 30).Select(d => $"06-{d:00}");
        june.Sum(d => days.Use(d, "ann", 10).Post(d).Sum(l => l.Amount)).Should().Be(620m);
    }

    [Fact]
    public void Counter_requests_include_every_period_of_the_meters_versions_and_each_item_once()
    {
        var rates = Meter(r => r.Flat("life", Start, Currency.KRW, 1m).ForPayee(
            "bob", o => o.Flat("month", Start, Currency.KRW, 1m, CounterPeriod.Month)));
        var pricer = new LinePricer(
            Date("07-02"), new("Asia/Seoul"),
            new RatesInForce(new Dictionary<string, MeterRates> { ["m"] = rates }, [], [], Date("07-02")));

        var requests = pricer.RequiredCounters(
        [
            new("m", "a", "ann", Date("07-02"), 1, 1), new("m", "a", "bob", Date("06-30"), 1, 1), new("m", "a", "bob", Date("07-02"), 1, 1),
            new("m", "b", "ann", Date("07-02"), 1, 1), new("unpriced", "a", "ann", Date("07-02"), 1, 1),
        ]);

        requests.Select(r => (r.Instance, string.Join(',', r.ItemIds))).Should().BeEquivalentTo(
        [
            (new CounterInstance("m", CounterPeriod.Lifetime, new DateOnly(1900, 1, 1)), "a,b"),
            (new CounterInstance("m", CounterPeriod.Month, Date("07-01")), "a,b"),
            (new CounterInstance("m", CounterPeriod.Month, Date("06-01")), "a"),
        ]);
    }
}
