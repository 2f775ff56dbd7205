using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Settlements.Stores;

namespace Settlements.Tests.Usage;

public sealed class TotalsAccumulatorTests
{
    [Fact]
    public void Sums_equal_those_of_a_dictionary_and_are_in_byte_order()
    {
        // Few letters, so that concatenated keys collide: ("a", "bc") is not ("ab", "c").
        var text = Gen.Elements("a", "ab", "abc", "b", "bc", "", "A", "é", "\U0001F600", "ｚ", "a\0");
        var events =
            from meter in text
            from item in text
            from payee in text
            from ownDay in Gen.Elements(0, 739_000, 739_001)
            from quantity in Gen.Choose(-5, 5)
            select (meter, item, payee, ownDay, quantity);

        Prop.ForAll(Gen.ListOf(events).ToArbitrary(), all =>
        {
            var sums = new SumAccumulator();
            foreach (var e in all)
                sums.Add(Bytes(e.meter), Bytes(e.item), Bytes(e.payee), e.ownDay, e.quantity);
            var expected = all.GroupBy(e => (e.meter, e.item, e.payee, e.ownDay))
                .Select(g => (g.Key.meter, g.Key.item, g.Key.payee, g.Key.ownDay, (Int128)g.Sum(e => (long)e.quantity)))
                .OrderBy(t => t.meter, Utf8Order.Instance).ThenBy(t => t.item, Utf8Order.Instance).ThenBy(t => t.payee, Utf8Order.Instance)
                .ThenBy(t => t.ownDay);
            sums.Order().Select(place => Read(sums, place)).Should().Equal(expected);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void Many_keys_and_long_keys_are_distinct()
    {
        var sums = new SumAccumulator();
        for (var round = 1; round <= 2; round++)
        {
            for (var i = 0; i < 50_000; i++)
                sums.Add("m"u8, Bytes($"item-{i}"), Bytes(new string('p', i % 257)), 0, i);
        }

        sums.Count.Should().Be(50_000);
        sums.Order().Sum(place => (long)Read(sums, place).Item5).Should().Be(2L * 49_999 * 50_000 / 2);
    }

    [Fact]
    public void A_sum_beyond_64_bits_is_exact_and_does_not_affect_others()
    {
        var sums = new SumAccumulator();
        for (var i = 0; i < 5; i++)
        {
            sums.Add("m"u8, "up"u8, "p"u8, 0, long.MaxValue);
            sums.Add("m"u8, "down"u8, "p"u8, 0, long.MinValue);
            sums.Add("m"u8, "plain"u8, "p"u8, 0, i);
        }

        sums.Order().Select(place => Read(sums, place)).Select(t => (t.Item2, t.Item5)).Should().Equal(
            ("down", 5 * (Int128)long.MinValue), ("plain", 10), ("up", 5 * (Int128)long.MaxValue));
        sums.Controls.Should().ContainSingle().Which.Should().Match<ControlTotals>(c => c.Events == 15 && c.Quantity == 5m);
        sums.Clear();
        sums.Add("m"u8, "up"u8, "p"u8, 0, 1);
        Read(sums, sums.Order().Single()).Item5.Should().Be(1, "the previous sum is cleared");
    }

    [Fact]
    public void Quantities_of_any_size_are_summed_exactly_and_count_their_events_once()
    {
        var quantity = Gen.OneOf(
            Gen.Choose(-3, 3).Select(i => (Int128)i), Gen.Elements<Int128>(
                long.MaxValue, long.MinValue, (Int128)long.MaxValue + 1, (Int128)long.MinValue - 1),
            Gen.Choose(-9, 9).Select(i => i * (Int128)long.MaxValue));

        Prop.ForAll(Gen.ListOf(quantity).ToArbitrary(), all =>
        {
            var sums = new SumAccumulator();
            foreach (var one in all)
                sums.AddSum("m"u8, "i"u8, "p"u8, 7, one, 2);
            if (all.Count == 0)
                return;
            var total = sums.Read(sums.Order().Single());
            (total.Quantity, total.Events, total.UsageDate).Should().Be((all.Aggregate(Int128.Zero, (s, q) => s + q), 2 * all.Count, 7));
            sums.Controls[0].Events.Should().Be(2 * all.Count);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void Items_that_differ_in_late_bytes_or_in_length_are_in_byte_order()
    {
        string[] items =
        [
            "same-start-a", "same-start-", "same-start-a\0", "same-start-a\0\0\0\0\0\0\0\0", "same-start-aaaaaaaaaa",
            "same-start-aaaaaaaaab", "same-start-é",
        ];
        var sums = new SumAccumulator();
        foreach (var item in items)
        {
            foreach (var payee in new[] { "q", "p" })
                sums.Add("m"u8, Bytes(item), Bytes(payee), 0, 1);
        }

        sums.Order().Select(place => Read(sums, place)).Select(t => (t.Item2, t.Item3)).Should().Equal(
            items.SelectMany(item => new[] { (item, "p"), (item, "q") }).OrderBy(t => t.item, Utf8Order.Instance)
                .ThenBy(t => t.Item2, Utf8Order.Instance));
    }

    [Fact]
    public void Adding_to_an_existing_key_allocates_nothing()
    {
        var sums = new SumAccumulator();
        sums.Add("m"u8, "i"u8, "p"u8, 0, 1);

        Allocations.Least(() =>
        {
            for (var i = 0; i < 1000; i++)
                sums.Add("m"u8, "i"u8, "p"u8, 0, 1);
        }).Should().Be(0);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static (string, string, string, int, Int128) Read(SumAccumulator sums, int place)
    {
        var total = sums.Read(place);
        return (Encoding.UTF8.GetString(total.Meter), Encoding.UTF8.GetString(total.ItemId), Encoding.UTF8.GetString(total.PayeeId),
            total.UsageDate, total.Quantity);
    }
}
