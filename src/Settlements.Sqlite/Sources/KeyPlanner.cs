using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>
/// Cuts rows into ranges of their key, each row passed over once: every hop starts where the one before ended. The hops are shorter than
/// the slices, so that slices of about the same size are made of them once it is known how many rows there are.
/// </summary>
internal static class KeyPlanner
{
    /// <summary>
    /// Many rows are cut for so many workers at least: the default of a pipeline, and few enough to keep partial sums few.
    /// </summary>
    private const int Workers = 2;

    /// <summary>Fewer rows than this are summed in less time than a further slice costs.</summary>
    private const int HopRows = 125_000;

    public static List<SourceSlice> Cut(SqliteConnection connection, EventRows rows, int rowsMax, CancellationToken cancellationToken)
    {
        var key = string.Join(", ", rows.Key);
        var hops = new List<(SliceValue[] Start, int Rows)>();
        for (var from = First(connection, rows, key); from is not null;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = Math.Min(rowsMax, HopRows);
            var to = rows.Hop(connection, from, length);

            // Rows of one key stay together, as long as a slice can hold them.
            if (to is not null && to.AsSpan().SequenceEqual(from))
            {
                length = rowsMax;
                to = rows.Hop(connection, from, length);
                if (to is not null && to.AsSpan().SequenceEqual(from))
                    throw rows.NotUnique(from);
            }

            hops.Add((from, length));
            from = to;
        }

        return Merge(hops, rowsMax, rows.IsLate);
    }

    /// <summary>
    /// Makes slices of whole hops: as few as the most rows of a slice allows, in a number that keeps all workers busy to the end.
    /// </summary>
    private static List<SourceSlice> Merge(List<(SliceValue[] Start, int Rows)> hops, int rowsMax, bool isLate)
    {
        var total = hops.Sum(h => (long)h.Rows);
        var count = Divide(total, rowsMax);
        if (total > HopRows)
            count = Divide(count, Workers) * Workers;
        var sliceRowsMax = count == 0 ? 0 : Math.Min(rowsMax, Divide(Divide(total, count), HopRows) * HopRows);
        var slices = new List<SourceSlice>();
        for (int first = 0, end; first < hops.Count; first = end)
        {
            long rows = hops[first].Rows;
            for (end = first + 1; end < hops.Count && rows + hops[end].Rows <= sliceRowsMax; end++)
                rows += hops[end].Rows;
            var to = end == hops.Count ? null : hops[end].Start;
            slices.Add(new SourceSlice(hops[first].Start, to, isLate));
        }

        return slices;
    }

    private static long Divide(long value, long by) => (value + by - 1) / by;

    private static SliceValue[]? First(SqliteConnection connection, EventRows rows, string key)
    {
        using var first = rows.Select(connection, key, rows.All, $"ORDER BY {key} LIMIT 1");
        return first.Step() ? SliceCondition.Read(first, rows.Key) : null;
    }
}
