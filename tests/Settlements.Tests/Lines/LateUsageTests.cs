using FsCheck;
using FsCheck.Fluent;
using Settlements.Stores;
using static Settlements.Tests.Lines.Postings;

namespace Settlements.Tests.Lines;

/// <summary>Tests of pricing late usage and corrections: by the version of the usage date, over the counter of its period.</summary>
public sealed class LateUsageTests
{
    private static readonly DateOnly Start = new(2024, 1, 1);

    private static MeterRates OneThenTwo =>
        Meter(r => r.Flat("june", Start, Currency.KRW, 1m).Flat("july", Date("07-01"), Currency.KRW, 2m));

    [Theory]
    [InlineData(-1_000, -1_000)]
    [InlineData(1_000, 1_000)]
    public void Late_units_have_the_price_of_their_usage_date(long quantity, long amount)
    {
        var days = new Postings(OneThenTwo);
        days.Use("06-30", "ann", 1_000).Post("06-30");

        var line = days.Use("06-30", "ann", quantity).Post("07-01").Single();

        (line.PostingDate, line.UsageDate, line.Amount, line.Price!.RateVersion)
            .Should().Be((Date("07-01"), Date("06-30"), (decimal)amount, "june"));
    }

    [Theory]
    [InlineData(100, 300, 1_600)]
    [InlineData(-500, -1_500, 1_000)]
    public void Late_units_move_only_the_counter_of_their_month(long quantity, long amount, long june)
    {
        var days = new Postings(Meter(r => r.Graduated("v", Start, Currency.KRW, [(1_000, 0m), (null, 3m)], CounterPeriod.Month)));
        days.Use("06-15", "ann", 1_500).PostText("06-15").Should().Equal("06-15 ann 1500: 1500");

        days.Use("06-15", "ann", quantity).PostText("07-01").Should().Equal($"06-15 ann {quantity}: {amount}");

        days.Book.Find(new CounterInstance("m", CounterPeriod.Month, Date("06-01")), "v1").Should().Be(june);
        days.Book.Find(new CounterInstance("m", CounterPeriod.Month, Date("07-01")), "v1")
            .Should().BeNull("the counter of July excludes June");
    }

    [Fact]
    public void Late_units_of_a_lifetime_counter_are_priced_at_its_current_margin()
    {
        var days = new Postings(Meter(r => r.Graduated("v", Start, Currency.KRW, [(1_000, 1m), (null, 2m)])));

        days.Use("07-01", "ann", 900).PostText("07-01").Should().Equal("07-01 ann 900: 900");
        days.Use("07-02", "ann", 300).PostText("07-02").Should().Equal("07-02 ann 300: 500");
        days.Use("07-01", "ann", 100).PostText("07-03").Should().Equal("07-01 ann 100: 200");
    }

    [Fact]
    public void Late_units_are_priced_before_units_of_the_posting_date()
    {
        var days = new Postings(Meter(r => r.Graduated("v", Start, Currency.KRW, [(1_000, 1m), (null, 2m)])));
        days.Use("07-01", "ann", 900).Post("07-01");

        days.Use("07-02", "ann", 100).Use("07-01", "bob", 50).PostText("07-02").Should().Equal("07-01 bob 50: 50", "07-02 ann 100: 150");
    }

    [Fact]
    public void Late_units_of_a_day_counter_continue_from_the_end_of_that_day()
    {
        var days = new Postings(Meter(r => r.Graduated("v", Start, Currency.KRW, [(10, 0m), (null, 1m)], CounterPeriod.Day)));

        days.Use("06-30", "ann", 12).PostText("06-30").Should().Equal("06-30 ann 12: 2");
        days.Use("06-30", "ann", 5).Use("07-01", "ann", 11).PostText("07-01").Should().Equal("06-30 ann 5: 5", "07-01 ann 11: 1");
    }

    [Fact]
    public void An_override_prices_late_usage_of_the_dates_it_is_in_force()
    {
        var days = new Postings(
            Meter(r => r.Flat("all", Start, Currency.KRW, 1m).ForPayee("ann", o => o.Flat("vip", Date("07-01"), Currency.KRW, 5m))));

        days.Use("06-30", "ann", 1).Use("07-01", "ann", 1).PostText("07-02").Should().Equal("06-30 ann 1: 1", "07-01 ann 1: 5");
    }

    [Fact]
    public void Versions_with_different_counter_periods_use_separate_counters()
    {
        var days = new Postings(Meter(r => r
            .Graduated("life", Start, Currency.KRW, [(5, 1m), (null, 2m)])
            .Graduated("month", Date("07-01"), Currency.KRW, [(5, 10m), (null, 20m)], CounterPeriod.Month)));
        days.Use("06-30", "ann", 6).PostText("06-30").Should().Equal("06-30 ann 6: 7");

        days.Use("06-30", "ann", 1).Use("07-01", "ann", 6).PostText("07-01").Should().Equal("06-30 ann 1: 2", "07-01 ann 6: 70");
        days.Use("06-30", "ann", -7).PostText("07-02").Should().Equal("06-30 ann -7: -14");
    }

    [Fact]
    public void The_exact_sum_of_an_item_does_not_depend_on_the_order_of_arrival()
    {
        var use =
            from day in Gen.Choose(1, 28)
            from delay in Gen.Choose(0, 20)
            from payee in Gen.Elements("ann", "bob", "Bob")
            from quantity in Gen.Choose(-5, 20)
            select (day, delay, payee, quantity);
        var over = Gen.Elements(Enum.GetValues<CounterPeriod>());

        Prop.ForAll(Gen.Zip(Gen.ListOf(use), over).ToArbitrary(), given =>
        {
            var rates = Meter(r => r.Graduated("v", Start, Currency.KRW, [(7, 1m), (19, 1.3m), (60, 0.2m), (null, 2m)], given.Item2));
            Exact(given.Item1.Select(u => (u.day, u.day + u.delay, u.payee, u.quantity)), rates)
                .Should().Be(Exact(given.Item1.Select(u => (u.day, u.day, u.payee, u.quantity)), rates));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

        static decimal Exact(IEnumerable<(int Day, int Posted, string Payee, int Quantity)> usage, MeterRates rates)
        {
            var (days, sum) = (new Postings(rates), 0m);
            foreach (var posted in usage.GroupBy(u => u.Posted).OrderBy(g => g.Key))
            {
                foreach (var one in posted)
                    days.Use($"06-{one.Day:00}", one.Payee, one.Quantity);
                sum += days.Post(Date("06-01").AddDays(posted.Key - 1).ToString("MM-dd", System.Globalization.CultureInfo.InvariantCulture))
                    .Sum(l => l.Price!.ExactAmount);
            }

            return sum;
        }
    }
}
