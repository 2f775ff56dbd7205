using Microsoft.Data.Sqlite;
using Settlement.Pipelines;
using Settlement.Sqlite.Connections;

namespace Settlement.Sqlite.Sums;

/// <summary>Cuts the partial sums of a run into ranges of whole items.</summary>
internal static class ItemRanges
{
    public static readonly string[] Key = ["meter", "item_id"];

    public static List<PlannedChunk> Cut(SqliteConnection connection, long runId, int partialsMax, CancellationToken cancellationToken)
    {
        var chunks = new List<PlannedChunk>();
        for (var from = Hop(connection, runId, null, ">=", 0); from is not null;)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // An item with more partial totals than a range may have is a range of its own.
            var to = Hop(connection, runId, from, ">=", partialsMax);
            if (to is not null && to.AsSpan().SequenceEqual(from))
                to = Hop(connection, runId, from, ">", 0);
            chunks.Add(new PlannedChunk(new KeyRange(from, to).ToString()));
            from = to;
        }

        return chunks;
    }

    private static string[]? Hop(SqliteConnection connection, long runId, string[]? from, string comparison, int skip)
    {
        var condition = from is null ? "" : $" AND (meter, item_id) {comparison} (?, ?)";
        using var hop = new SqliteStatement(connection, $"""
            SELECT meter, item_id FROM partial_totals WHERE run_id = ?{condition} ORDER BY meter, item_id LIMIT 1 OFFSET ?
            """);
        hop.Bind(1, runId);
        if (from is not null)
            new KeyRange(from, null).Bind(hop, 2);
        hop.Bind(from is null ? 2 : 4, skip);
        return hop.Step() ? KeyRange.Read(hop, Key) : null;
    }
}
