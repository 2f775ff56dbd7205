using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>
/// Divides rows into slices of about the same size, by ranges of their key.
/// </summary>
/// <remarks>
/// One pass over the key divides the rows into blocks smaller than a slice. The blocks are combined into slices when the number of rows is
/// known. A large day of the library's table is divided by samples instead.
/// </remarks>
internal static class SlicePlanner
{
    /// <summary>
    /// The number of slices of a large day is a multiple of this: the default number of a pipeline's workers, and small enough to keep
    /// partial sums few.
    /// </summary>
    private const int Workers = 2;

    /// <summary>The rows of a block. Summing fewer rows takes less time than a further slice costs.</summary>
    private const int BlockRows = 125_000;

    /// <summary>The blocks that are counted before the rest of a day is estimated, if a slice may have as many rows.</summary>
    private const int CountedBlocks = 2;

    public static List<SourceSlice> Cut(SqliteConnection connection, EventRows rows, int rowsMax, CancellationToken cancellationToken)
    {
        var key = string.Join(", ", rows.Key);
        var blocks = new List<(SliceValue[] Start, int Rows)>();
        for (var from = First(connection, rows, key); from is not null;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (blocks.Count == CountedBlocks && rowsMax >= CountedBlocks * BlockRows && rows.End is { } end
                && SampledSlices.Cut(connection, rows, end, rowsMax, Workers, cancellationToken) is { } sampled)
            {
                return sampled;
            }

            var length = Math.Min(rowsMax, BlockRows);
            var to = rows.FindKeyAfter(connection, from, length);

            // Rows with the same key are in the same slice, if they fit.
            if (to is not null && to.AsSpan().SequenceEqual(from))
            {
                length = rowsMax;
                to = rows.FindKeyAfter(connection, from, length);
                if (to is not null && to.AsSpan().SequenceEqual(from))
                    to = rows.IsKeyless ? rows.FindNextKey(connection, from) : throw rows.NotUnique(from);
            }

            blocks.Add((from, length));
            from = to;
        }

        return Combine(blocks, rowsMax, rows.IsLate);
    }

    /// <summary>
    /// Combines blocks into slices: as few as the largest slice allows, and for a large day a multiple of <see cref="Workers"/>, so that
    /// all workers finish at about the same time.
    /// </summary>
    private static List<SourceSlice> Combine(List<(SliceValue[] Start, int Rows)> blocks, int rowsMax, bool isLate)
    {
        var total = blocks.Sum(b => (long)b.Rows);
        var count = Divide(total, rowsMax);
        if (total > BlockRows)
            count = Divide(count, Workers) * Workers;
        var sliceRowsMax = count == 0 ? 0 : Math.Min(rowsMax, Divide(Divide(total, count), BlockRows) * BlockRows);
        var slices = new List<SourceSlice>();
        for (int first = 0, end; first < blocks.Count; first = end)
        {
            long rows = blocks[first].Rows;
            for (end = first + 1; end < blocks.Count && rows + blocks[end].Rows <= sliceRowsMax; end++)
                rows += blocks[end].Rows;
            var to = end == blocks.Count ? null : blocks[end].Start;
            slices.Add(new SourceSlice(blocks[first].Start, to, isLate));
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
