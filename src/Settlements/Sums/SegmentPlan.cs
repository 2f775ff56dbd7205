using System.Text;
using Settlements.Pipelines;

namespace Settlements.Stores;

/// <summary>The start of a segment of the <see cref="PackedSums"/> of a chunk. Immutable.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="Number">The number of the segment in its chunk.</param>
/// <param name="FirstMeter">The meter of the first sum, as UTF-8.</param>
/// <param name="FirstItem">The item of the first sum, as UTF-8.</param>
/// <param name="SumCount">The number of sums.</param>
internal sealed record SegmentStart(int Chunk, int Number, byte[] FirstMeter, byte[] FirstItem, int SumCount);

/// <summary>Consecutive segments of a chunk.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="First">The first segment.</param>
/// <param name="Last">The last segment, included.</param>
internal readonly record struct SegmentSpan(int Chunk, int First, int Last);

/// <summary>Divides the packed sums of the chunks of a run into ranges of items, and merges the sums of a range.</summary>
internal static class SegmentPlan
{
    /// <summary>Divides the items of a run into ranges. An item is never divided.</summary>
    /// <param name="segments">All segments of the run.</param>
    /// <param name="partialsMax">The approximate number of sums of a range.</param>
    /// <returns>The ranges, in key order.</returns>
    public static IReadOnlyList<PlannedChunk> CutRanges(IReadOnlyList<SegmentStart> segments, int partialsMax)
    {
        ArgumentNullException.ThrowIfNull(segments);
        if (segments.Count == 0)
            return [];
        var sorted = segments.ToList();
        sorted.Sort(static (a, b) => ItemBounds.Compare(a.FirstMeter, a.FirstItem, b.FirstMeter, b.FirstItem));

        var ranges = new List<PlannedChunk>();
        string[]? from = null;
        var sums = 0L;
        for (var i = 0; i < sorted.Count; i++)
        {
            // A range ends before an item that differs from the first item of the previous segment, so that an item is never divided.
            var isNewItem = i > 0
                && ItemBounds.Compare(sorted[i - 1].FirstMeter, sorted[i - 1].FirstItem, sorted[i].FirstMeter, sorted[i].FirstItem) != 0;
            if (isNewItem && sums >= partialsMax)
            {
                var to = new[] { Encoding.UTF8.GetString(sorted[i].FirstMeter), Encoding.UTF8.GetString(sorted[i].FirstItem) };
                ranges.Add(new PlannedChunk(new ItemRange(from, to).ToString()));
                (from, sums) = (to, 0);
            }

            sums += sorted[i].SumCount;
        }

        ranges.Add(new PlannedChunk(new ItemRange(from, null).ToString()));
        return ranges;
    }

    /// <summary>Finds the segments that may contain sums of a range of items.</summary>
    /// <param name="segments">All segments of the run, ordered by chunk and number.</param>
    /// <param name="bounds">The range, as planned.</param>
    /// <returns>At most one span for each chunk.</returns>
    public static IReadOnlyList<SegmentSpan> Find(IReadOnlyList<SegmentStart> segments, string bounds)
    {
        ArgumentNullException.ThrowIfNull(segments);
        var items = new ItemBounds(ItemRange.Parse(bounds));
        var spans = new List<SegmentSpan>();
        for (var first = 0; first < segments.Count;)
        {
            var end = first + 1;
            while (end < segments.Count && segments[end].Chunk == segments[first].Chunk)
                end++;

            // In a chunk, a segment contains the items from its first one to the first one of the next segment; both may contain the
            // latter.
            var (low, high) = (first, end);
            while (low + 1 < end && items.IsBeforeFrom(segments[low + 1].FirstMeter, segments[low + 1].FirstItem))
                low++;
            while (high > low && !items.IsBeforeTo(segments[high - 1].FirstMeter, segments[high - 1].FirstItem))
                high--;
            if (high > low)
                spans.Add(new SegmentSpan(segments[first].Chunk, segments[low].Number, segments[high - 1].Number));
            first = end;
        }

        return spans;
    }

    /// <summary>Merges the sums of a range of items.</summary>
    /// <param name="day">The posting date: the usage date of what arrived on time.</param>
    /// <param name="bounds">The range, as planned.</param>
    /// <param name="chunks">For each span from <see cref="Find"/>, the bytes of its segments.</param>
    /// <returns>The sums, in the byte order of meter, item and payee, then by usage date with that of the posting date first.</returns>
    public static IReadOnlyList<UsageSum> Merge(DateOnly day, string bounds, IEnumerable<IReadOnlyList<byte[]>> chunks) =>
        new SumMerger(day, new ItemBounds(ItemRange.Parse(bounds))).Merge(chunks.Select(segments => new SegmentReader(segments)));
}
