using System.Text;
using System.Text.Unicode;
using Microsoft.Data.Sqlite;
using Settlement.BillableEvents;
using Settlement.BusinessDays;
using Settlement.Calendars;
using Settlement.Sums;
using Settlement.Sqlite.Connections;
using SQLitePCL;

namespace Settlement.Sqlite.Sums;

/// <summary>The hot loop: streams a chunk's rows and adds them up. One row costs no allocation.</summary>
internal static class EventSummer
{
    /// <summary>How many rows pass between two looks at a cancellation.</summary>
    private const int RowsPerLook = 4096;

    public static long Sum(
        SqliteConnection connection, EventRows rows, KeyRange keys, SettledCalendar calendar, TotalsAccumulator totals,
        CancellationToken cancellationToken)
    {
        using var row = rows.Select(connection, rows.IsLate ? "meter, item_id, payee_id, quantity, occurred_at" : "meter, item_id, payee_id, quantity", keys);
        var count = 0L;
        while (row.Step())
        {
            if (count++ % RowsPerLook == 0)
                cancellationToken.ThrowIfCancellationRequested();
            var ownDay = rows.IsLate ? calendar.DayOf(UnixMicroseconds.ToInstant(row.Int64(4))).DayNumber : 0;
            totals.Add(row.Bytes(0), row.Bytes(1), row.Bytes(2), ownDay, row.Int64(3));
        }

        return count;
    }

    public static long Sum(
        SqliteConnection connection, EventSource source, EventRows rows, KeyRange keys, TotalsAccumulator totals,
        CancellationToken cancellationToken)
    {
        var meters = source.Measures.Select(m => Encoding.UTF8.GetBytes(m.Meter)).ToArray();
        var columns = source.Measures.Select(m => m.QuantityColumn is { } column ? Sql.Name(column) : "1");
        using var row = rows.Select(
            connection, $"{Sql.Name(source.ItemColumn)}, {Sql.Name(source.PayeeColumn)}, {string.Join(", ", columns)}, {string.Join(", ", rows.Key)}, {Sql.Name(source.OccurredAtColumn)}",
            keys);
        var instant = source.Measures.Count + rows.Key.Count + 2;
        var count = 0L;
        while (row.Step())
        {
            if (count++ % RowsPerLook == 0)
                cancellationToken.ThrowIfCancellationRequested();
            if (source.OccurredAtFormat == InstantFormat.Text && !InstantColumn.IsText(row.Bytes(instant)))
                throw Fault(row, instant, source.OccurredAtColumn, "UTC as yyyy-MM-dd HH:mm:ss, with a fraction or without, and without a zone", source);
            Check(row, 0, source.ItemColumn, source);
            Check(row, 1, source.PayeeColumn, source);
            for (var i = 0; i < meters.Length; i++)
            {
                if (row.Type(i + 2) != raw.SQLITE_INTEGER)
                    throw Fault(row, i + 2, source.Measures[i].QuantityColumn!, "a whole number of 64 bits", source);

                // Of any size: an item with too much is quarantined when it is priced, and the others are paid.
                var quantity = row.Int64(i + 2);
                if (quantity != 0)
                    totals.Add(meters[i], row.Bytes(0), row.Bytes(1), 0, quantity);
            }
        }

        return count;
    }

    private static void Check(SqliteStatement row, int column, string name, EventSource source)
    {
        var isId = row.Type(column) is raw.SQLITE_TEXT or raw.SQLITE_INTEGER
            && row.Bytes(column) is { Length: > 0 } id
            && Utf8.IsValid(id)
            && (id.Length <= BillableEvent.TextLengthMax || CodePoints(id) <= BillableEvent.TextLengthMax);
        if (!isId)
            throw Fault(row, column, name, FormattableString.Invariant($"text of 1 to {BillableEvent.TextLengthMax} characters or a whole number"), source);
    }

    /// <summary>UTF-8 starts a character with every byte that is not 10xxxxxx.</summary>
    private static int CodePoints(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var b in utf8)
            count += (b & 0xC0) != 0x80 ? 1 : 0;
        return count;
    }

    private static EventSourceException Fault(SqliteStatement row, int column, string name, string needed, EventSource source)
    {
        var firstKey = source.Measures.Count + 2;
        var key = source.KeyColumns.Select((k, i) => $"{k} = {row.Text(firstKey + i)}");
        return new EventSourceException(
            $"Source '{source.Name}': column {name} holds {(row.IsNull(column) ? "null" : $"'{row.Text(column)}'")} in the row of table "
            + $"{source.Table} with {string.Join(", ", key)}; it has to be {needed}. Mend the row, or leave it out with Where(…).");
    }
}
