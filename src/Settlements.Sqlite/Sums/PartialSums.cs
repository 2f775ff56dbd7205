using Microsoft.Data.Sqlite;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Appends the partial sums of chunks in segments, and merges them by ranges of items.</summary>
internal static class PartialSums
{
    private const int SegmentsMax = 200;

    public static void Append(SqliteConnection connection, PipelineChunk chunk, SumAccumulator totals, int rowsMax)
    {
        using var insert = new SqliteStatement(connection, """
            INSERT INTO partial_sums (run_id, chunk, segment, first_meter, first_item, row_count, totals)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """);
        insert.Bind(1, chunk.RunId).Bind(2, chunk.Number);
        for (var sums = new PackedSums(totals, Math.Min(SegmentsMax, rowsMax)); sums.Read();)
        {
            insert.Bind(3, sums.Number).BindText(4, sums.FirstMeter).BindText(5, sums.FirstItem).Bind(6, sums.SumCount)
                .BindBlob(7, sums.Bytes).Run();
        }
    }

    /// <summary>Merges the sums of a range of items over all chunks of a run.</summary>
    public static IReadOnlyList<UsageSum> Merge(SqliteConnection connection, long runId, DateOnly day, string bounds)
    {
        using var row = new SqliteStatement(
            connection, "SELECT totals FROM partial_sums WHERE run_id = ? AND chunk = ? AND segment BETWEEN ? AND ? ORDER BY segment");
        var chunks = new List<IReadOnlyList<byte[]>>();
        foreach (var span in SegmentPlan.Find(List(connection, runId), bounds))
        {
            row.Bind(1, runId).Bind(2, span.Chunk).Bind(3, span.First).Bind(4, span.Last);
            var segments = new List<byte[]>();
            while (row.Step())
                segments.Add(row.Bytes(0).ToArray());
            chunks.Add(segments);
            row.Reset();
        }

        return SegmentPlan.Merge(day, bounds, chunks);
    }

    public static List<SegmentStart> List(SqliteConnection connection, long runId)
    {
        using var row = new SqliteStatement(connection, """
            SELECT chunk, segment, first_meter, first_item, row_count FROM partial_sums WHERE run_id = ? ORDER BY chunk, segment
            """);
        row.Bind(1, runId);
        var segments = new List<SegmentStart>();
        while (row.Step())
            segments.Add(new SegmentStart(row.Int32(0), row.Int32(1), row.Bytes(2).ToArray(), row.Bytes(3).ToArray(), row.Int32(4)));
        return segments;
    }
}
