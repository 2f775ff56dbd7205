using Microsoft.Data.Sqlite;
using Settlement.Pipelines;
using Settlement.Sqlite.Connections;

namespace Settlement.Sqlite.Sums;

/// <summary>Cuts rows into ranges of their key, each row passed over once: every hop starts where the one before ended.</summary>
internal static class KeyPlanner
{
    public static List<PlannedChunk> Cut(SqliteConnection connection, EventRows rows, int chunkRowsMax, CancellationToken cancellationToken)
    {
        var chunks = new List<PlannedChunk>();
        var key = string.Join(", ", rows.Key);
        var from = First(connection, rows, key);
        while (from is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var hop = rows.Select(connection, key, new KeyRange(from, null), FormattableString.Invariant($"ORDER BY {key} LIMIT 1 OFFSET {chunkRowsMax}"));
            var to = hop.Step() ? KeyRange.Read(hop, rows.Key) : null;
            if (to is not null && to.AsSpan().SequenceEqual(from))
                throw rows.NotUnique(from);
            chunks.Add(new PlannedChunk(new KeyRange(from, to, rows.IsLate).ToString(), to is null ? null : chunkRowsMax));
            from = to;
        }

        return chunks;
    }

    private static string[]? First(SqliteConnection connection, EventRows rows, string key)
    {
        using var first = rows.Select(connection, key, new KeyRange(null, null), $"ORDER BY {key} LIMIT 1");
        return first.Step() ? KeyRange.Read(first, rows.Key) : null;
    }
}
