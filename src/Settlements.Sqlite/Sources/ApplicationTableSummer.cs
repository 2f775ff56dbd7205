using System.Text;
using System.Text.Unicode;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Reads and sums the rows of an application's table, without allocations per row.</summary>
internal static class ApplicationTableSummer
{
    /// <summary>Rows read between two checks for cancellation.</summary>
    private const int CancellationCheckInterval = 4096;

    public static long Sum(
        SqliteConnection connection, UsageTable source, EventRows rows, SourceSlice slice, SumAccumulator totals,
        CancellationToken cancellationToken)
    {
        var meters = source.Measures.Select(m => Encoding.UTF8.GetBytes(m.Meter)).ToArray();
        using var row = Select(connection, source, rows, slice);
        var instant = source.Measures.Count + rows.Key.Count + 2;
        var count = 0L;
        while (row.Step())
        {
            if (count++ % CancellationCheckInterval == 0)
                cancellationToken.ThrowIfCancellationRequested();
            if (!InstantColumn.IsInstant(row, instant, source.OccurredAtFormat))
            {
                throw BadRow.Of(
                    row, instant, source.Measures.Count + 2, source.OccurredAtColumn, InstantColumn.Needed(source.OccurredAtFormat), source,
                    InstantColumn.Remedy);
            }

            Check(row, 0, source.ItemColumn, source);
            Check(row, 1, source.PayeeColumn, source);
            for (var i = 0; i < meters.Length; i++)
            {
                if (row.Type(i + 2) != raw.SQLITE_INTEGER)
                    throw InvalidValue(row, i + 2, source.Measures[i].QuantityColumn!, "a 64-bit integer", source);

                // The quantity may have any size: pricing quarantines an item whose sum is out of range, and pays the others.
                var quantity = row.Int64(i + 2);
                if (quantity != 0)
                    totals.Add(meters[i], row.Bytes(0), row.Bytes(1), 0, quantity);
            }
        }

        return count;
    }

    /// <summary>Checks the names of the table and columns, and the condition, by preparing the statement. Reads no rows.</summary>
    /// <exception cref="UsageSourceException">A name does not exist, or the condition is invalid.</exception>
    public static void RequireNames(SqliteConnection connection, UsageTable source, EventRows rows)
    {
        using var statement = Select(connection, source, rows, rows.All);
    }

    /// <summary>Prepares the statement. Its columns are item, payee, the quantities, the key and the instant.</summary>
    private static SqliteStatement Select(SqliteConnection connection, UsageTable source, EventRows rows, SourceSlice slice)
    {
        var quantities = source.Measures.Select(m => m.QuantityColumn is { } column ? Sql.Name(column) : "1");
        return rows.Select(
            connection,
            string.Join(", ", [
                Sql.Name(source.ItemColumn), Sql.Name(source.PayeeColumn), .. quantities, .. rows.Key, Sql.Name(source.OccurredAtColumn),
            ]),
            slice);
    }

    private static void Check(SqliteStatement row, int column, string name, UsageTable source)
    {
        var isId = row.Type(column) is raw.SQLITE_TEXT or raw.SQLITE_INTEGER
            && row.Bytes(column) is { Length: > 0 } id
            && Utf8.IsValid(id)
            && (id.Length <= UsageEvent.TextLengthMax || CodePoints.Count(id) <= UsageEvent.TextLengthMax);
        if (!isId)
        {
            throw InvalidValue(
                row, column, name,
                FormattableString.Invariant($"text of 1 to {UsageEvent.TextLengthMax} characters or an integer"), source);
        }
    }

    private static UsageSourceException InvalidValue(SqliteStatement row, int column, string name, string needed, UsageTable source) =>
        BadRow.Of(row, column, source.Measures.Count + 2, name, needed, source);
}
