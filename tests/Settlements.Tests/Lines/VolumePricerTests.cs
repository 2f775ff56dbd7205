using FsCheck;
using FsCheck.Fluent;
using Settlements.Stores;
using static Settlements.Tests.Lines.Postings;

namespace Settlements.Tests.Lines;

/// <summary>
/// Tests of volume tables: all units have the price of the tier that the counter reaches; earlier units are repriced per payee.
/// </summary>
public sealed class VolumePricerTests
{
    private static readonly DateOnly Start = new(2024, 1, 1);

    private static MeterRates Rates(Action<MeterRatesBuilder>? more = null, CounterPeriod over = CounterPeriod.Lifetime) => Meter(r =>
    {
        r.Volume("june", Start, Currency.KRW, [(15, 10m), (null, 5m)], over);
        more?.Invoke(r);
    });

    [Fact]
    public void Earlier_units_of_another_payee_are_repriced_by_a_separate_line()
    {
        var days = new Postings(Rates());
        days.Use("06-01", "ann", 15).PostText("06-01").Should().Equal("06-01 ann 15: 150");

        days.Use("06-02", "bob", 1).PostText("06-02").Should().Equal("06-02 ann 0: -75 repricing", "06-02 bob 1: 5");
        var repricing = days.Last.Lines[0];
        (repricing.Events, repricing.Price!.CounterBefore, repricing.Price.CounterAfter, repricing.Price.RateVersion)
            .Should().Be((0, 16, 16, "june"));

        days.Use("06-02", "bob", -1).PostText("06-03").Should().Equal("06-02 ann 0: 75 repricing", "06-02 bob -1: -5");
    }

    [Fact]
    public void Units_of_a_single_day_are_not_repriced() =>
        new Postings(Rates()).Use("06-01", "ann", 15).Use("06-01", "bob", 1).PostText("06-01")
            .Should().Equal("06-01 ann 15: 75", "06-01 bob 1: 5");

    [Fact]
    public void A_payee_with_usage_is_repriced_in_its_last_line()
    {
        var days = new Postings(Rates());
        days.Use("06-01", "ann", 15).Post("06-01");

        days.Use("06-01", "ann", 1).Use("06-02", "ann", 2).PostText("06-02").Should().Equal("06-01 ann 1: 5", "06-02 ann 2: -65");
    }

    [Fact]
    public void A_second_version_counts_all_units_and_reprices_only_its_units()
    {
        var days = new Postings(Rates(r => r.Volume("july", Date("07-01"), Currency.KRW, [(15, 20m), (null, 8m)])));
        days.Use("06-30", "ann", 15).PostText("06-30").Should().Equal("06-30 ann 15: 150");

        days.Use("07-01", "ann", 1).PostText("07-01").Should().Equal("07-01 ann 1: 8");
        days.Use("06-30", "ann", -1).PostText("07-02").Should().Equal("06-30 ann -1: -10");
    }

    [Fact]
    public void Units_under_an_override_count_and_are_not_repriced()
    {
        var days = new Postings(Rates(r => r.ForPayee("ann", o => o.Flat("vip", Start, Currency.KRW, 3m))));

        days.Use("06-01", "ann", 14).PostText("06-01").Should().Equal("06-01 ann 14: 42");
        days.Use("06-02", "bob", 1).PostText("06-02").Should().Equal("06-02 bob 1: 10");
        days.Use("06-03", "bob", 1).PostText("06-03").Should().Equal("06-03 bob 1: 0");
    }

    [Fact]
    public void Late_units_of_a_past_month_reprice_the_units_of_that_month()
    {
        var days = new Postings(Rates(over: CounterPeriod.Month));
        days.Use("06-30", "ann", 15).Post("06-30");
        days.Use("07-01", "ann", 3).PostText("07-01").Should().Equal("07-01 ann 3: 30");

        days.Use("06-30", "bob", 1).Use("07-02", "ann", 1).PostText("07-02").Should().Equal(
            "06-30 ann 0: -75 repricing", "06-30 bob 1: 5", "07-02 ann 1: 10");
        days.Book.Find(new CounterInstance("m", CounterPeriod.Month, Date("06-01")), "v1").Should().Be(16);
    }

    [Fact]
    public void A_repricing_line_has_the_latest_usage_date_that_moved_the_counter()
    {
        var days = new Postings(Rates(r => r.ForPayee("carl", o => o.Flat("own", Start, Currency.KRW, 1m, CounterPeriod.Month))));
        days.Use("06-01", "ann", 15).Post("06-01");

        days.Use("06-01", "bob", 1).Use("06-02", "carl", 1).PostText("06-02").Should().Equal(
            "06-01 bob 1: 5", "06-02 ann 0: -75 repricing", "06-02 carl 1: 1");
    }

    [Fact]
    public void Two_versions_that_reprice_one_payee_on_one_posting_date_have_a_line_each()
    {
        var days = new Postings(Rates(r => r.Volume("july", Date("07-01"), Currency.KRW, [(15, 20m), (null, 8m)])));
        days.Use("06-30", "ann", 10).Post("06-30");
        days.Use("07-01", "ann", 5).Post("07-01");

        var lines = days.Use("06-30", "bob", 1).Use("07-01", "bob", 1).Post("07-02");

        lines.Select(Text).Should().Equal("06-30 ann 0: -50 repricing", "06-30 bob 1: 5", "07-01 ann 0: -60 repricing", "07-01 bob 1: 8");
        lines.Select(l => (l.UsageDate, l.PayeeId, l.Kind, l.Restates)).Should().OnlyHaveUniqueItems("these are the key of a line");
    }

    [Fact]
    public void All_units_of_a_version_have_the_price_of_the_tier_that_the_counter_reached()
    {
        var use =
            from day in Gen.Choose(1, 9)
            from delay in Gen.Choose(0, 5)
            from payee in Gen.Elements("ann", "bob", "Bob")
            from quantity in Gen.Choose(-6, 12)
            select (day, delay, payee, quantity);

        Prop.ForAll(Gen.ListOf(use).ToArbitrary(), usage =>
        {
            var rates = Meter(r => r.Volume("v", Start, Currency.KRW, [(15, 10m), (30, 5.5m), (null, 7m)]));
            var (days, lines) = (new Postings(rates), new List<SettlementLine>());
            foreach (var posted in usage.GroupBy(u => u.day + u.delay).OrderBy(g => g.Key))
            {
                foreach (var one in posted)
                    days.Use($"06-{one.day:00}", one.payee, one.quantity);
                lines.AddRange(days.Post($"06-{posted.Key:00}"));
                var reached = lines.Sum(l => l.Quantity);
                var price = reached <= 15 ? 10m : reached <= 30 ? 5.5m : 7m;
                foreach (var payee in lines.GroupBy(l => l.PayeeId))
                    payee.Sum(l => l.Price!.ExactAmount).Should().Be(payee.Sum(l => l.Quantity) * price);
            }

            lines.Select(l => (l.PostingDate, l.UsageDate, l.PayeeId, l.Kind)).Should().OnlyHaveUniqueItems();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }
}
