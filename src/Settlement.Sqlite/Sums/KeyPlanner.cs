using Microsoft.Data.Sqlite;
using Settlement.Pipelines;
using Settlement.Sqlite.Database;

namespace Settlement.Sqlite.Sums;

/// <summary>
/// Cuts rows into ranges of their key, each row passed over once: every hop starts where the one before ended. The hops are shorter than the chunks, so
/// that chunks of about the same size are made of them once it is known how many rows there are.
/// </summary>
internal static class KeyPlanner
{
    /// <summary>Many rows are cut for so many workers at least: the default of a pipeline, and few enough to keep partial sums few.</summary>
    private const int Workers = 2;

    /// <summary>Fewer rows than this are summed in less time than a further chunk costs.</summary>
    private const int HopRows = 125_000;

    public static List<PlannedChunk> Cut(SqliteConnection connection, EventRows rows, int chunkRowsMax, CancellationToken cancellationToken)
    {
        var key = string.Join(", ", rows.Key);
        var hops = new List<(string[] Start, int Rows)>();
        for (var from = First(connection, rows, key); from is not null;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = Math.Min(chunkRowsMax, HopRows);
            var to = rows.Hop(connection, from, length);

            // Rows of one key stay together, as long as a chunk can hold them.
            if (to is not null && to.AsSpan().SequenceEqual(from))
            {
                length = chunkRowsMax;
                to = rows.Hop(connection, from, length);
                if (to is not null && to.AsSpan().SequenceEqual(from))
                    throw rows.NotUnique(from);
            }

            hops.Add((from, length));
            from = to;
        }

        return Merge(hops, chunkRowsMax, rows.IsLate);
    }

    /// <summary>Makes chunks of whole hops: as few as the most rows of a chunk allows, in a number that keeps all workers busy to the end.</summary>
    private static List<PlannedChunk> Merge(List<(string[] Start, int Rows)> hops, int chunkRowsMax, bool isLate)
    {
        var total = hops.Sum(h => (long)h.Rows);
        var count = Divide(total, chunkRowsMax);
        if (total > HopRows)
            count = Divide(count, Workers) * Workers;
        var rowsMax = count == 0 ? 0 : Math.Min(chunkRowsMax, Divide(Divide(total, count), HopRows) * HopRows);
        var chunks = new List<PlannedChunk>();
        for (int first = 0, end; first < hops.Count; first = end)
        {
            long rows = hops[first].Rows;
            for (end = first + 1; end < hops.Count && rows + hops[end].Rows <= rowsMax; end++)
                rows += hops[end].Rows;
            var to = end == hops.Count ? null : hops[end].Start;
            chunks.Add(new PlannedChunk(new KeyRange(hops[first].Start, to, isLate).ToString()));
        }

        return chunks;
    }

    private static long Divide(long value, long by) => (value + by - 1) / by;

    private static string[]? First(SqliteConnection connection, EventRows rows, string key)
    {
        using var first = rows.Select(connection, key, new KeyRange(null, null), $"ORDER BY {key} LIMIT 1");
        return first.Step() ? KeyRange.Read(first, rows.Key) : null;
    }
}
