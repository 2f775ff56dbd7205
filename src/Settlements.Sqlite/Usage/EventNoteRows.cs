using System.Text;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>
/// Reads and writes the table <c>event_notes</c>, the index of events that have a reason or a reference. They are few among an item's
/// events.
/// </summary>
internal sealed class EventNoteRows(SqliteConnection connection) : IDisposable
{
    private readonly SqliteStatement _insert = new(
        connection, "INSERT INTO event_notes (meter, item_id, occurred_at, event_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");

    /// <summary>Binds the reason of an event to a parameter, and its reference to the next one.</summary>
    public static void Bind(SqliteStatement statement, int parameter, EventBatch batch, int index)
    {
        Bind(statement, parameter, batch.Reason(index));
        Bind(statement, parameter + 1, batch.Reference(index));
    }

    /// <summary>Adds the index row of a stored event if it has a reason or a reference.</summary>
    public void Add(ReadOnlySpan<byte> id, EventBatch batch, int index)
    {
        if (!batch.HasNote(index))
            return;
        _insert.BindText(1, batch.Meter(index)).BindText(2, batch.ItemId(index)).Bind(3, batch.OccurredAt(index)).BindBlob(4, id);
        _insert.Execute();
    }

    public static List<EventNote> List(
        SqliteConnection connection, string meter, string itemId, string payeeId, UtcRange range, int countMax)
    {
        using var select = new SqliteStatement(connection, """
            SELECT e.event_id, e.occurred_at, e.quantity, e.posting_date, e.reason, e.reference
            FROM event_notes n CROSS JOIN usage_events e ON e.occurred_at = n.occurred_at AND e.event_id = n.event_id
            WHERE n.meter = ? AND n.item_id = ? AND n.occurred_at >= ? AND n.occurred_at < ? AND e.payee_id = ?
            ORDER BY n.occurred_at, n.event_id LIMIT ?
            """);
        select.BindText(1, Encoding.UTF8.GetBytes(meter)).BindText(2, Encoding.UTF8.GetBytes(itemId))
            .Bind(3, UnixMicroseconds.From(range.Start)).Bind(4, UnixMicroseconds.From(range.End))
            .BindText(5, Encoding.UTF8.GetBytes(payeeId)).Bind(6, countMax);
        var notes = new List<EventNote>();
        while (select.Step())
        {
            notes.Add(new EventNote(
                new Guid(select.Bytes(0), bigEndian: true), UnixMicroseconds.ToInstant(select.Int64(1)), select.Int64(2),
                select.IsNull(3) ? null : DayText.Parse(select.Text(3)), Text(select, 4), Text(select, 5)));
        }

        return notes;
    }

    public void Dispose() => _insert.Dispose();

    // Reads by length: a text may contain NUL.
    private static string? Text(SqliteStatement select, int column) =>
        select.IsNull(column) ? null : Encoding.UTF8.GetString(select.Bytes(column));

    private static void Bind(SqliteStatement statement, int parameter, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            statement.Bind(parameter, (string?)null);
        else
            statement.BindText(parameter, text);
    }
}
