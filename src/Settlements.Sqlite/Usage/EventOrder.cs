using System.Buffers.Binary;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>
/// The order in which the events of a batch are inserted: that of their ids. Random ids in the order of the rows would access most pages of
/// the index by id in random order, more than fit in the page cache, so that each is read and written several times.
/// </summary>
internal static class EventOrder
{
    /// <summary>Smaller batches, such as those of <see cref="UsageWriter"/>, touch few pages in any order.</summary>
    private const int SortedFrom = 10_000;

    /// <summary>Returns the indexes of the events by id, and by index among equal ids; null for the order of the rows.</summary>
    public static int[]? Of(EventBatch batch)
    {
        if (batch.Count < SortedFrom)
            return null;
        var keys = new ulong[batch.Count];
        Span<byte> id = stackalloc byte[16];
        var isOrdered = true;
        for (var i = 0; i < keys.Length; i++)
        {
            batch.EventId(i).TryWriteBytes(id, bigEndian: true, out _);
            keys[i] = BinaryPrimitives.ReadUInt64BigEndian(id);
            isOrdered &= i == 0 || keys[i] >= keys[i - 1];
        }

        if (isOrdered)
            return null;
        var order = new int[keys.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort(keys, order);

        // Of events with the same id, the first row is stored; the others are duplicates of it or conflict with it.
        for (int from = 0, to; from < keys.Length; from = to)
        {
            for (to = from + 1; to < keys.Length && keys[to] == keys[from]; to++)
            {
            }

            if (to - from > 1)
                Array.Sort(order, from, to - from);
        }

        return order;
    }
}
