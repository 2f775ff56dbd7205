using System.Text;
using Settlements.Stores;

namespace Settlements.Tests.Sums;

/// <summary>Tests of packing sums by chunk and merging them, without a server.</summary>
public sealed class SumMergerTests
{
    private static readonly DateOnly Monday = new(2024, 7, 1);

    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 7)]
    [InlineData(5, 3)]
    public void Merged_sums_contain_all_chunks_in_byte_order(int chunks, int sumsPerSegment)
    {
        var random = new Random(chunks);
        var all = new SumAccumulator();
        var readers = new List<SegmentReader>();
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            var totals = new SumAccumulator();
            for (var i = 0; i < 400; i++)
            {
                var (meter, item, payee) =
                    ($"m{random.Next(3)}", $"i{random.Next(60)}{(random.Next(2) == 0 ? "é" : "")}", $"p{random.Next(3)}");
                var ownDay = random.Next(4) == 0 ? Monday.DayNumber - random.Next(3) : 0;
                var quantity = random.Next(20) == 0 ? long.MaxValue : random.Next(-3, 10);
                Add(totals, meter, item, payee, ownDay, quantity);
                Add(all, meter, item, payee, ownDay, quantity);
            }

            readers.Add(new SegmentReader(Pack(totals, sumsPerSegment)));
        }

        var merged = new SumMerger(Monday.AddDays(1), new ItemBounds(new ItemRange(null, null))).Merge(readers);

        merged.Select(Text).Should().Equal(all.Order().Select(place => Text(all.Read(place))));
    }

    [Fact]
    public void An_item_range_contains_all_sums_of_its_items_and_no_others()
    {
        var totals = new SumAccumulator();
        foreach (var item in (string[])["a", "b", "b", "c", "d"])
            Add(totals, "m", item, $"p{totals.Count}", 0, 1);

        var merged = new SumMerger(Monday, new ItemBounds(new ItemRange(["m", "b"], ["m", "d"]))).Merge(
            [new SegmentReader(Pack(totals, 2))]);

        merged.Select(s => s.ItemId).Should().Equal("b", "b", "c");
    }

    [Fact]
    public void Carried_usage_is_added_to_usage_of_the_same_usage_date_that_arrived_on_time()
    {
        var totals = new SumAccumulator();
        Add(totals, "m", "a", "ann", 0, 3);
        Add(totals, "m", "a", "ann", Monday.DayNumber, 4);
        Add(totals, "m", "a", "bob", Monday.DayNumber, 5);

        var merged = new SumMerger(Monday, new ItemBounds(new ItemRange(null, null))).Merge([new SegmentReader(Pack(totals, 2))]);

        merged.Select(s => (s.PayeeId, s.UsageDate, s.Quantity, s.Events)).Should().Equal(("ann", Monday, 7, 2), ("bob", Monday, 5, 1));
    }

    private static List<byte[]> Pack(SumAccumulator totals, int sumsPerSegment)
    {
        var segments = new List<byte[]>();
        var segment = new PartialSegment();
        foreach (var place in totals.Order())
        {
            segment.Add(totals.Read(place));
            if (segment.Count < sumsPerSegment)
                continue;
            segments.Add(segment.Bytes.ToArray());
            segment.Clear();
        }

        segments.Add(segment.Bytes.ToArray());
        return segments;
    }

    private static void Add(SumAccumulator totals, string meter, string item, string payee, int ownDay, long quantity) =>
        totals.Add(Encoding.UTF8.GetBytes(meter), Encoding.UTF8.GetBytes(item), Encoding.UTF8.GetBytes(payee), ownDay, quantity);

    private static string Text(UsageSum sum) =>
        $"{sum.Meter} {sum.ItemId} {sum.PayeeId} {(sum.UsageDate > Monday ? 0 : sum.UsageDate.DayNumber)} {sum.Quantity} {sum.Events}";

    private static string Text(SumAccumulator.Total sum) =>
        $"{Encoding.UTF8.GetString(sum.Meter)} {Encoding.UTF8.GetString(sum.ItemId)} {Encoding.UTF8.GetString(sum.PayeeId)} "
        + $"{sum.UsageDate} {sum.Quantity} {sum.Events}";
}
