using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Sorts sums by the bytes of meter, item and payee, then by usage date. A few bytes of the items distinguish nearly all sums: these
/// bytes are sorted as numbers, and only sums with equal bytes are compared as texts.
/// </summary>
internal static class TotalOrder
{
    private const int PrefixBytes = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int[] Of(SumAccumulator totals, int count)
    {
        var order = new int[count];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        if (count < 2)
            return order;

        var comparer = new ByText(totals);
        var same = SamePrefix(totals, count);
        if (same < 0)
        {
            MemoryExtensions.Sort(order.AsSpan(), comparer);
            return order;
        }

        var prefixes = new ulong[count];
        for (var i = 0; i < prefixes.Length; i++)
            prefixes[i] = Prefix(totals.Read(i).ItemId[same..]);
        Array.Sort(prefixes, order);
        for (int first = 0, end; first < order.Length; first = end)
        {
            for (end = first + 1; end < order.Length && prefixes[end] == prefixes[first]; end++)
            {
            }

            if (end - first > 1)
                MemoryExtensions.Sort(order.AsSpan(first..end), comparer);
        }

        return order;
    }

    /// <summary>
    /// Returns the length of the common prefix of all items; -1 when there are several meters, which precede items in the order.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int SamePrefix(SumAccumulator totals, int count)
    {
        var first = totals.Read(0);
        var same = first.ItemId.Length;
        for (var i = 1; i < count; i++)
        {
            var total = totals.Read(i);
            if (!total.Meter.SequenceEqual(first.Meter))
                return -1;
            if (total.ItemId.Length < same || !total.ItemId[..same].SequenceEqual(first.ItemId[..same]))
                same = total.ItemId.CommonPrefixLength(first.ItemId[..same]);
        }

        return same;
    }

    /// <summary>
    /// Returns the next bytes as a number with the same order. A shorter text is padded with zeros; equal numbers are compared as texts.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong Prefix(ReadOnlySpan<byte> text)
    {
        if (text.Length >= PrefixBytes)
            return BinaryPrimitives.ReadUInt64BigEndian(text);
        Span<byte> padded = stackalloc byte[PrefixBytes];
        padded.Clear();
        text.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }

    private readonly struct ByText(SumAccumulator totals) : IComparer<int>
    {
        public int Compare(int x, int y)
        {
            var a = totals.Read(x);
            var b = totals.Read(y);
            var order = a.Meter.SequenceCompareTo(b.Meter);
            if (order == 0)
                order = a.ItemId.SequenceCompareTo(b.ItemId);
            if (order == 0)
                order = a.PayeeId.SequenceCompareTo(b.PayeeId);
            return order == 0 ? a.UsageDate.CompareTo(b.UsageDate) : order;
        }
    }
}
