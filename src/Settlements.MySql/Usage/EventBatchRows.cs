using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Events of a batch as rows of the event table or of <c>event_ids</c>.</summary>
/// <param name="batch">The events.</param>
/// <param name="writerLock">The lock state, which determines the late events.</param>
/// <param name="positions">The positions of the events in the batch; null for all.</param>
/// <param name="idsOnly">Whether only id and instant are written, for <c>event_ids</c>.</param>
internal sealed class EventBatchRows(
    EventBatch batch, WriterLockState writerLock, IReadOnlyList<int>? positions = null, bool idsOnly = false) : IRowSource
{
    private static readonly string[] Columns = ["occurred_at", "event_id", "meter", "item_id", "payee_id", "quantity"];
    private static readonly BulkTable[] Tables =
    [
        BulkTable.Of("usage_events", Columns),
        BulkTable.Of("usage_events", [.. Columns, "posting_date"]),
        BulkTable.Of("usage_events", [.. Columns, "reason", "reference"]),
        BulkTable.Of("usage_events", [.. Columns, "posting_date", "reason", "reference"]),
    ];

    private static readonly BulkTable Ids = BulkTable.Of("event_ids", "occurred_at", "event_id");

    private readonly bool _hasLate = Enumerable.Range(0, batch.Count).Any(i => batch.OccurredAt(i) < writerLock.ClosedUntil);
    private int _next;

    /// <summary>
    /// The table, in most cases without the columns for late events, reasons and references, which would cost time for every row.
    /// </summary>
    public BulkTable Table
    {
        get
        {
            var table = idsOnly ? Ids : Tables[(_hasLate ? 1 : 0) + (batch.HasNotes ? 2 : 0)];
            return writerLock.Database is null ? table : table with { Database = writerLock.Database };
        }
    }

    public int Count => positions?.Count ?? batch.Count;

    public void Reset() => _next = 0;

    public bool TryWrite(RowBuffer rows)
    {
        if (_next == Count)
            return false;

        var i = positions is null ? _next : positions[_next];
        _next++;
        Span<byte> id = stackalloc byte[16];
        batch.EventId(i).TryWriteBytes(id, bigEndian: true, out _);
        rows.Instant(batch.OccurredAt(i));
        rows.Binary(id);
        if (!idsOnly)
            WriteRest(rows, i);
        rows.EndRow();
        return true;
    }

    private void WriteRest(RowBuffer rows, int i)
    {
        rows.Binary(batch.Meter(i));
        rows.Binary(batch.ItemId(i));
        rows.Binary(batch.PayeeId(i));
        rows.Int64(batch.Quantity(i));
        if (_hasLate)
        {
            if (batch.OccurredAt(i) < writerLock.ClosedUntil)
                rows.Day(writerLock.OpenDay);
            else
                rows.Null();
        }

        if (batch.HasNotes)
        {
            WriteOptional(rows, batch.Reason(i));
            WriteOptional(rows, batch.Reference(i));
        }
    }

    private static void WriteOptional(RowBuffer rows, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            rows.Null();
        else
            rows.Binary(text);
    }
}
