using System.Text;
using Dapper;
using MySqlConnector;
using Settlement.Sums;
using Settlement.MySql.Connections;
using Settlement.Pipelines;

namespace Settlement.MySql.Sums;

/// <summary>The sums of chunks: appended in segments, and merged by ranges of items.</summary>
internal sealed class PartialTotals(BulkInsert bulk)
{
    /// <summary>How finely a chunk's sums are cut, at most: a range of items reads up to one segment too many of each chunk.</summary>
    private const int SegmentsMax = 200;

    private static readonly BulkTable Table = new("partial_totals", [
        new("run_id"), new("chunk"), new("segment"), new("first_meter", IsBinary: true), new("first_item", IsBinary: true), new("row_count"),
        new("totals", IsBinary: true)]);

    public Task AppendAsync(MySqlTransaction transaction, Chunk chunk, TotalsAccumulator totals, CancellationToken cancellationToken)
    {
        var rows = new Segments(chunk, totals, totals.Order());
        return bulk.WriteAllAsync(transaction.Connection!, transaction, Table, rows, rows.Count, cancellationToken);
    }

    /// <summary>Cuts the items of a run into ranges of about so many sums.</summary>
    public static async Task<IReadOnlyList<PlannedChunk>> PlanAsync(
        MySqlConnection connection, long runId, int partialsMax, CancellationToken cancellationToken)
    {
        var segments = await ListAsync(connection, runId, cancellationToken).ConfigureAwait(false);
        if (segments.Count == 0)
            return [];
        segments.Sort(static (a, b) => ItemBounds.Compare(a.Meter, a.Item, b.Meter, b.Item));

        var ranges = new List<PlannedChunk>();
        Segment? from = null;
        var weight = 0L;
        for (var i = 0; i < segments.Count; i++)
        {
            // A cut comes before an item that is another one than the segment before begins with: an item is never cut.
            var isOther = i > 0 && ItemBounds.Compare(segments[i - 1].Meter, segments[i - 1].Item, segments[i].Meter, segments[i].Item) != 0;
            if (isOther && weight >= partialsMax)
            {
                ranges.Add(Planned(from, segments[i], weight));
                (from, weight) = (segments[i], 0);
            }

            weight += segments[i].Rows;
        }

        ranges.Add(Planned(from, null, weight));
        return ranges;
    }

    /// <summary>The sums of a range of items, over all chunks of a run.</summary>
    public static async Task<IReadOnlyList<UsageSum>> MergeAsync(
        MySqlConnection connection, long runId, DateOnly day, ItemRange range, CancellationToken cancellationToken)
    {
        var bounds = new ItemBounds(range);
        var segments = await ListAsync(connection, runId, cancellationToken).ConfigureAwait(false);
        var chunks = new List<SegmentReader>();
        for (var first = 0; first < segments.Count;)
        {
            var end = first + 1;
            while (end < segments.Count && segments[end].Chunk == segments[first].Chunk)
                end++;

            // In a chunk, a segment holds the items from its first up to the next one's first; both may hold that one.
            var (low, high) = (first, end);
            while (low + 1 < end && bounds.IsBeforeFrom(segments[low + 1].Meter, segments[low + 1].Item))
                low++;
            while (high > low && !bounds.IsBeforeTo(segments[high - 1].Meter, segments[high - 1].Item))
                high--;
            if (high > low)
                chunks.Add(await ReadAsync(connection, runId, segments[low], segments[high - 1], cancellationToken).ConfigureAwait(false));
            first = end;
        }

        return new SumMerger(day, bounds).Merge(chunks);
    }

    private static PlannedChunk Planned(Segment? from, Segment? to, long weight) =>
        new(new ItemRange(from?.Key(), to?.Key(), weight).ToString());

    /// <summary>The sums of segments of a chunk that follow each other.</summary>
    private static async Task<SegmentReader> ReadAsync(
        MySqlConnection connection, long runId, Segment first, Segment last, CancellationToken cancellationToken) => new(
        (await connection.QueryAsync<byte[]>(new CommandDefinition(
            "SELECT totals FROM partial_totals WHERE run_id = @runId AND chunk = @Chunk AND segment BETWEEN @first AND @last ORDER BY segment",
            new { runId, first.Chunk, first = first.Number, last = last.Number }, cancellationToken: cancellationToken)).ConfigureAwait(false)).AsList());

    private static async Task<List<Segment>> ListAsync(MySqlConnection connection, long runId, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<Segment>(new CommandDefinition(
            """
            SELECT chunk AS Chunk, segment AS Number, first_meter AS Meter, first_item AS Item, row_count AS `Rows`
            FROM partial_totals WHERE run_id = @runId ORDER BY chunk, segment
            """,
            new { runId }, cancellationToken: cancellationToken)).ConfigureAwait(false)).AsList();

    private sealed class Segment
    {
        public int Chunk { get; set; }

        public int Number { get; set; }

        public byte[] Meter { get; set; } = [];

        public byte[] Item { get; set; } = [];

        public int Rows { get; set; }

        public string[] Key() => [Encoding.UTF8.GetString(Meter), Encoding.UTF8.GetString(Item)];
    }

    /// <summary>A chunk's sums as rows, each a segment.</summary>
    private sealed class Segments(Chunk chunk, TotalsAccumulator totals, int[] order) : IRowSource
    {
        private readonly PartialSegment _segment = new();
        private readonly int _size = (order.Length + SegmentsMax - 1) / SegmentsMax;
        private int _next;
        private int _touched;

        public int Count => _size == 0 ? 0 : (order.Length + _size - 1) / _size;

        public void Reset() => (_next, _touched) = (0, 0);

        public bool TryWrite(RowBuffer rows)
        {
            if (_next == order.Length)
                return false;

            var first = totals.Read(order[_next]);
            rows.Int64(chunk.RunId);
            rows.Int64(chunk.Number);
            rows.Int64(_next / _size);
            rows.Bytes8(first.Meter);
            rows.Bytes8(first.ItemId);
            _segment.Clear();
            for (var end = Math.Min(_next + _size, order.Length); _next < end; _next++)
            {
                // In their order the sums lie all over the memory.
                if (_next == _touched)
                    _touched += totals.ReadAhead(order.AsSpan(_next));
                _segment.Add(totals.Read(order[_next]));
            }

            rows.Int64(_segment.Count);
            rows.Bytes8(_segment.Bytes);
            rows.EndRow();
            return true;
        }
    }
}
