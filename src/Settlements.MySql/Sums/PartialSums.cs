using Dapper;
using MySqlConnector;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The sums of chunks, appended in segments and merged by ranges of items.</summary>
internal sealed class PartialSums(BulkInsert bulk)
{
    private const int SegmentsMax = 200;

    private static readonly BulkTable Table = new("partial_sums", [
        new("run_id"), new("chunk"), new("segment"), new("first_meter", IsBinary: true), new("first_item", IsBinary: true),
        new("row_count"),
        new("totals", IsBinary: true)]);

    public Task AppendAsync(MySqlTransaction transaction, PipelineChunk chunk, SumAccumulator totals, CancellationToken cancellationToken)
    {
        var sums = new PackedSums(totals, SegmentsMax);
        return bulk.WriteAllAsync(transaction.Connection!, transaction, Table, new Segments(chunk, sums), sums.Count, cancellationToken);
    }

    /// <summary>Divides the items of runs into ranges of approximately a given number of sums.</summary>
    public static async Task<IReadOnlyList<PlannedChunk>> PlanAsync(
        MySqlConnection connection, IReadOnlyList<long> runIds, int partialsMax, CancellationToken cancellationToken)
    {
        var segments = new List<SegmentStart>();
        foreach (var runId in runIds)
            segments.AddRange(await ListAsync(connection, runId, cancellationToken).ConfigureAwait(false));
        return SegmentPlan.CutRanges(segments, partialsMax);
    }

    /// <summary>Reads the sums of a range of items over all chunks of a run.</summary>
    public static async Task<IReadOnlyList<UsageSum>> MergeAsync(
        MySqlConnection connection, long runId, DateOnly day, string bounds, CancellationToken cancellationToken)
    {
        var chunks = new List<IReadOnlyList<byte[]>>();
        foreach (var span in SegmentPlan.Find(await ListAsync(connection, runId, cancellationToken).ConfigureAwait(false), bounds))
        {
            chunks.Add((await connection.QueryAsync<byte[]>(new CommandDefinition(
                "SELECT totals FROM partial_sums WHERE run_id = @runId AND chunk = @Chunk AND segment "
                    + "BETWEEN @First AND @Last ORDER BY segment",
                new { runId, span.Chunk, span.First, span.Last }, cancellationToken: cancellationToken)).ConfigureAwait(false)).AsList());
        }

        return SegmentPlan.Merge(day, bounds, chunks);
    }

    private static async Task<List<SegmentStart>> ListAsync(MySqlConnection connection, long runId, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<SegmentStart>(new CommandDefinition(
            """
            SELECT chunk AS Chunk, segment AS Number, first_meter AS FirstMeter, first_item AS FirstItem, row_count AS SumCount
            FROM partial_sums WHERE run_id = @runId ORDER BY chunk, segment
            """,
            new { runId }, cancellationToken: cancellationToken)).ConfigureAwait(false)).AsList();

    /// <summary>A chunk's sums as rows, one per segment.</summary>
    private sealed class Segments(PipelineChunk chunk, PackedSums sums) : IRowSource
    {
        public void Reset() => sums.Reset();

        public bool TryWrite(RowBuffer rows)
        {
            if (!sums.Read())
                return false;
            rows.Int64(chunk.RunId);
            rows.Int64(chunk.Number);
            rows.Int64(sums.Number);
            rows.Binary(sums.FirstMeter);
            rows.Binary(sums.FirstItem);
            rows.Int64(sums.SumCount);
            rows.Binary(sums.Bytes);
            rows.EndRow();
            return true;
        }
    }
}
