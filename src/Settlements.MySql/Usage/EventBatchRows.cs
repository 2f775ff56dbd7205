using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Events of a batch as rows of the event table, or of the table of their ids.</summary>
/// <param name="batch">The events.</param>
/// <param name="gate">Tells which are late.</param>
/// <param name="places">Which of them; null for all.</param>
/// <param name="idsOnly">Whether only id and instant are written, as <c>event_ids</c> has them.</param>
internal sealed class EventBatchRows(EventBatch batch, WriterLockState gate, IReadOnlyList<int>? places = null, bool idsOnly = false) : IRowSource
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

    private readonly bool _hasLate = Enumerable.Range(0, batch.Count).Any(i => batch.OccurredAt(i) < gate.ClosedUntil);
    private int _next;

    /// <summary>Nearly always without the columns that only late events and those with a reason or reference have: they would cost every row.</summary>
    public BulkTable Table
    {
        get
        {
            var table = idsOnly ? Ids : Tables[(_hasLate ? 1 : 0) + (batch.HasNotes ? 2 : 0)];
            return gate.Database is null ? table : table with { Database = gate.Database };
        }
    }

    public int Count => places?.Count ?? batch.Count;

    public void Reset() => _next = 0;

    public bool TryWrite(RowBuffer rows)
    {
        if (_next == Count)
            return false;

        var i = places is null ? _next : places[_next];
        _next++;
        Span<byte> id = stackalloc byte[16];
        batch.EventId(i).TryWriteBytes(id, bigEndian: true, out _);
        rows.Instant(batch.OccurredAt(i));
        rows.Bytes8(id);
        if (!idsOnly)
            WriteRest(rows, i);
        rows.EndRow();
        return true;
    }

    private void WriteRest(RowBuffer rows, int i)
    {
        rows.Bytes8(batch.Meter(i));
        rows.Bytes8(batch.ItemId(i));
        rows.Bytes8(batch.PayeeId(i));
        rows.Int64(batch.Quantity(i));
        if (_hasLate)
        {
            if (batch.OccurredAt(i) < gate.ClosedUntil)
                rows.Day(gate.OpenDay);
            else
                rows.Null();
        }

        if (batch.HasNotes)
        {
            WriteNote(rows, batch.Reason(i));
            WriteNote(rows, batch.Reference(i));
        }
    }

    private static void WriteNote(RowBuffer rows, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            rows.Null();
        else
            rows.Bytes8(text);
    }
}
