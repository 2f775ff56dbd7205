using FsCheck;
using FsCheck.Fluent;
using Settlements.Stores;
using static Settlements.Tests.Lines.Postings;

namespace Settlements.Tests.Lines;

public sealed class LineRounderTests
{
    private static readonly DateOnly Start = new(2024, 1, 1);

    private static MeterRates Cumulative(decimal price, CounterPeriod over = CounterPeriod.Lifetime) =>
        Meter(r => r.Flat("v", Start, Currency.KRW, price, over).Round(Rounding.Cumulative));

    [Fact]
    public void An_amount_is_truncated_toward_zero_to_the_minor_unit_and_the_exact_amount_is_unchanged()
    {
        var days = new Postings(
            Meter(r => r.Flat("v", Start, Currency.KRW, 0.7m)), Meter(r => r.Flat("v", Start, Currency.USD, 0.015m), "usd"));

        var lines = days.Use("07-01", "ann", 3).Use("07-01", "bob", -3).Use("07-01", "ann", 101, meter: "usd").Post("07-01");

        lines.Select(l => (l.Price!.ExactAmount, l.Amount)).Should().Equal((2.1m, 2m), (-2.1m, -2m), (1.515m, 1.51m));
        days.Last.Rounding.Should().BeEmpty();
    }

    [Fact]
    public void A_payees_fraction_is_never_added_to_another_payee()
    {
        var days = new Postings(Cumulative(0.3m));

        days.Use("07-01", "ann", 3).PostText("07-01").Should().Equal("07-01 ann 3: 0");
        days.Use("07-02", "bob", 1).PostText("07-02").Should().Equal("07-02 bob 1: 0");
        days.Use("07-03", "ann", 1).PostText("07-03").Should().Equal("07-03 ann 1: 1");
    }

    [Fact]
    public void Fractions_are_carried_across_counter_periods()
    {
        var days = new Postings(Cumulative(0.3m, CounterPeriod.Month));

        days.Use("06-30", "ann", 2).PostText("06-30").Should().Equal("06-30 ann 2: 0");
        days.Use("07-01", "ann", 2).PostText("07-01").Should().Equal("07-01 ann 2: 1");
    }

    [Fact]
    public void Currencies_are_rounded_separately()
    {
        var days = new Postings(Meter(
            r => r.Flat("won", Start, Currency.KRW, 0.6m).Flat("usd", Date("07-01"), Currency.USD, 0.006m).Round(Rounding.Cumulative)));

        days.Use("06-30", "ann", 1).PostText("06-30").Should().Equal("06-30 ann 1: 0");
        days.Use("06-30", "ann", 1).Use("07-01", "ann", 2).PostText("07-01").Should().Equal("06-30 ann 1: 1", "07-01 ann 2: 0.01");
        days.Book.AllRounding().Should().BeEquivalentTo(
            [(new RoundingKey("m", "v1", "ann", "KRW"), 1.2m), (new RoundingKey("m", "v1", "ann", "USD"), 0.012m)]);
    }

    [Fact]
    public void Repricings_are_rounded_by_the_same_rule()
    {
        var days = new Postings(Meter(r => r.Volume("v", Start, Currency.KRW, [(3, 0.5m), (null, 0.3m)]).Round(Rounding.Cumulative)));

        days.Use("07-01", "ann", 3).PostText("07-01").Should().Equal("07-01 ann 3: 1");
        days.Use("07-02", "bob", 1).PostText("07-02").Should().Equal("07-02 ann 0: -1 repricing", "07-02 bob 1: 0");
        days.Book.FindExact(new RoundingKey("m", "v1", "ann", "KRW")).Should().Be(0.9m);
    }

    [Fact]
    public void A_payees_lines_of_an_item_sum_to_the_truncated_exact_sum()
    {
        var use =
            from day in Gen.Choose(1, 9)
            from delay in Gen.Choose(0, 5)
            from payee in Gen.Elements("ann", "bob")
            from item in Gen.Elements("v1", "v2")
            from quantity in Gen.Choose(-6, 9)
            select (day, delay, payee, item, quantity);
        var rates = Meter(r => r
            .Graduated("g", Start, Currency.KRW, [(4, 0.3m), (null, 0.9m)], CounterPeriod.Week)
            .Volume("v", Date("06-04"), Currency.KRW, [(5, 0.7m), (null, 0.4m)]).Round(Rounding.Cumulative));

        Prop.ForAll(Gen.ListOf(use).ToArbitrary(), usage =>
        {
            var (days, lines) = (new Postings(rates), new List<SettlementLine>());
            foreach (var posted in usage.GroupBy(u => u.day + u.delay).OrderBy(g => g.Key))
            {
                foreach (var one in posted)
                    days.Use($"06-{one.day:00}", one.payee, one.quantity, one.item);
                lines.AddRange(days.Post($"06-{posted.Key:00}"));
                foreach (var payee in lines.GroupBy(l => (l.ItemId, l.PayeeId)))
                    payee.Sum(l => l.Amount).Should().Be(decimal.Truncate(payee.Sum(l => l.Price!.ExactAmount)));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }
}
