using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Settlements.Stores;

namespace Settlements.Tests.Lines;

public sealed class PayeeSegmentTests
{
    private static readonly DateOnly Day = new(2024, 7, 1);

    [Fact]
    public void Sums_are_read_as_they_were_packed()
    {
        SettlementLine[] lines =
        [
            Line("ad", "i1", "ann", 3, 30m, Currency.KRW), Line("ad", "i1", "박서준", -2, -20m, Currency.KRW),
            Line("ad", "i2", "ann", 1, 0.25m, Currency.USD), Line("ad", "i3", "ann", 4, 40m, Currency.KRW),
            Line("view", "i1", "ann", 5, 123_456_789_012_345_678.5m, Currency.KRW), new(
                Day, LineKind.Usage, Day, "watched", "i1", "ann", 9, 1, Price: null),
        ];

        var rows = PackedPayees.Pack(lines);

        rows.Select(r => (r.Meter, r.FirstItem, r.Number, r.Currency, r.Count)).Should().Equal(
            ("ad", "i1", 0, Currency.KRW, 2), ("ad", "i1", 1, Currency.USD, 1), ("view", "i1", 0, Currency.KRW, 1));
        Totals(rows).Should().BeEquivalentTo(new[]
        {
            ("ann", "ad", "KRW", (Int128)7, 70m), ("박서준", "ad", "KRW", (Int128)(-2), -20m), ("ann", "ad", "USD", (Int128)1, 0.25m),
            ("ann", "view", "KRW", (Int128)5, 123_456_789_012_345_678.5m),
        });
        PayeeCheck.Of(Segments(rows)).Select(p => (p.Meter, p.Currency, p.Quantity, p.Amount)).Should().Equal(
            ("ad", "KRW", 5m, 50m), ("ad", "USD", 1m, 0.25m), ("view", "KRW", 5m, 123_456_789_012_345_678.5m));
    }

    [Fact]
    public void Sums_beyond_64_bits_are_exact()
    {
        var most = RateTable.CountMax;
        var lines = Enumerable.Range(0, 20_000).Select(i => Line("view", $"i{i:00000}", "ann", most, most * 1_000_000m, Currency.KRW));

        Totals(PackedPayees.Pack([.. lines])).Should().Equal(("ann", "view", "KRW", 20_000 * (Int128)most, 20_000m * most * 1_000_000m));
    }

    [Fact]
    public void Many_payees_are_divided_into_segments()
    {
        var rows = PackedPayees.Pack(
            [.. Enumerable.Range(0, 25_000).Select(i => Line("view", $"i{i:00000}", $"p{i % 24_000}", i, 2m * i, Currency.KRW))]);

        rows.Select(r => (r.FirstItem, r.Number, r.Count)).Should().Equal(
            ("i00000", 0, 10_000), ("i00000", 1, 10_000), ("i00000", 2, 4_000));
        Totals(rows).Should().HaveCount(24_000).And.Contain(("p999", "view", "KRW", (Int128)(999 + 24_999), 2m * (999 + 24_999)));
    }

    [Fact]
    public void Any_lines_have_the_sums_of_an_addition()
    {
        var line = from meter in Gen.Elements("ad", "view")
                   from payee in Gen.Elements("ann", "bob", "", "é", string.Concat(Enumerable.Repeat("\U0001F600", 64)))
                   from currency in Gen.Elements(Currency.KRW, Currency.USD, Currency.KWD)
                   from quantity in Gen.Choose(int.MinValue, int.MaxValue)
                   from minor in Gen.Choose(int.MinValue, int.MaxValue)
                   select Line(meter, "i", payee, quantity, minor * 0.001m, currency);
        Prop.ForAll(line.ListOf().Select(l => l.OrderBy(x => x.Meter, StringComparer.Ordinal).ToList()).ToArbitrary(), lines =>
        {
            Totals(PackedPayees.Pack(lines)).Should().BeEquivalentTo(lines
                .GroupBy(l => (l.PayeeId, l.Meter, l.Price!.Currency.Code))
                .Select(g => (
                    g.Key.PayeeId, g.Key.Meter, g.Key.Code, g.Aggregate(Int128.Zero, (sum, l) => sum + l.Quantity),
                    g.Sum(l => l.Amount))));
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("20")]
    [InlineData("2003616E6E")]
    [InlineData("21016102")]
    [InlineData("20FFFFFFFFFFFFFFFFFF01")]
    public void A_damaged_segment_is_an_error_that_names_the_meter_and_the_day(string hex)
    {
        var segment = new PayeeSegment(Day, "view", Currency.KRW, Convert.FromHexString(hex));

        new PayeeTotals().Invoking(t => t.Add(segment)).Should().Throw<InvariantException>().WithMessage(
            "*meter 'view' on 2024-07-01 can't be read*");
    }

    private static List<(string PayeeId, string Meter, string Currency, Int128 Quantity, decimal Amount)> Totals(
        List<PayeeSegmentRow> rows)
    {
        var totals = new PayeeTotals();
        foreach (var segment in Segments(rows))
            totals.Add(segment);
        return [.. totals.Each().Select(t => (t.PayeeId, t.Meter, t.Currency.Code, t.Quantity, t.Amount))];
    }

    private static IEnumerable<PayeeSegment> Segments(List<PayeeSegmentRow> rows) =>
        rows.Select(r => new PayeeSegment(Day, r.Meter, r.Currency, r.Bytes));

    private static SettlementLine Line(string meter, string item, string payee, long quantity, decimal amount, Currency currency) => new(
        Day, LineKind.Usage, Day, meter, item, payee, quantity, 1,
        new LinePrice(0, quantity, "", string.Create(CultureInfo.InvariantCulture, $"{meter} 2024"), amount, amount, currency));
}
