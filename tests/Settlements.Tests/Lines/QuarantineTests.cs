using System.Globalization;
using static Settlements.Tests.Lines.Postings;

namespace Settlements.Tests.Lines;

/// <summary>Tests of quarantining items with impossible quantities.</summary>
public sealed class QuarantineTests
{
    private static readonly DateOnly Start = new(2024, 6, 1);

    private static MeterRates Flat => Meter(r => r.Flat("v", Start, Currency.KRW, 1m));

    public static TheoryData<string> Impossible => ["1000000000000001", "92233720368547758080", "-1000000000000003"];

    [Theory]
    [MemberData(nameof(Impossible))]
    public void An_item_with_an_impossible_quantity_is_quarantined_and_the_others_are_priced(string quantity)
    {
        var days = new Postings(Flat);
        var units = Int128.Parse(quantity, CultureInfo.InvariantCulture);

        var lines = days.Use("07-01", "ann", 1, "a").UseAny("07-01", "ann", units, "bad").Use("07-01", "bob", 2, "bad")
            .Use("07-01", "ann", 3, "c").Post("07-01");

        lines.Select(l => (l.ItemId, l.Quantity)).Should().Equal(("a", 1), ("c", 3));
        days.Last.Quarantined.Select(q => (q.ItemId, q.PayeeId, q.Quantity)).Should().Equal(("bad", "ann", units), ("bad", "bob", 2));
        days.Last.Quarantined[0].Reason
            .Should().Match($"*'m'*'bad'*{units}*2024-07-01*-1000000000000000 to 1000000000000000*negative quantity*");
        days.Last.Counters.Should().NotContain(c => c.ItemId == "bad");
    }

    [Fact]
    public void The_suggested_correction_is_priced_together_with_the_quarantined_usage()
    {
        var days = new Postings(Flat);
        days.Use("07-01", "ann", RateTable.CountMax).Use("07-01", "bob", 6).Post("07-01").Should().BeEmpty();
        foreach (var kept in days.Last.Quarantined)
            days.UseAny("07-01", kept.PayeeId, kept.Quantity);

        days.Use("07-01", "ann", -RateTable.CountMax + 5).PostText("07-02").Should().Equal("07-01 ann 5: 5", "07-01 bob 6: 6");
    }

    [Theory]
    [InlineData(RateTable.CountMax, 0)]
    [InlineData(-RateTable.CountMax, 0)]
    [InlineData(1, RateTable.CountMax - 1)]
    public void The_maximum_count_is_priced(long quantity, long before)
    {
        var days = new Postings(Flat);
        if (before != 0)
            days.Use("07-01", "ann", before).Post("07-01");

        days.Use("07-02", "ann", quantity).Post("07-02").Should().ContainSingle().Which.Amount.Should().Be(quantity);
    }

    [Fact]
    public void Usage_before_the_first_version_is_quarantined_with_the_first_day_and_a_remedy_that_works()
    {
        var days = new Postings(Flat);

        days.Use("05-31", "ann", 1).Use("07-01", "ann", 1, "other").PostText("07-01").Should().Equal("07-01 ann 1: 1");

        days.Last.Quarantined.Should().ContainSingle().Which.Reason.Should()
            .Match("No rate version of meter 'm' prices item 'v1' of payee 'ann' on 2024-05-31: its first version starts on "
                + "2024-06-01. *negative quantity*");
    }

    [Fact]
    public void Without_a_price_only_a_quantity_beyond_64_bits_is_quarantined()
    {
        var days = new Postings();

        days.UseAny("07-01", "ann", long.MaxValue, meter: "seconds").UseAny("07-01", "ann", (Int128)long.MaxValue
            + 1, "bad", "seconds").Post("07-01")
            .Should().ContainSingle().Which.Quantity.Should().Be(long.MaxValue);
        days.Last.Quarantined.Should().ContainSingle().Which.Reason
            .Should().Match("*9223372036854775808*'seconds'*'bad'*9223372036854775807*");
    }
}
