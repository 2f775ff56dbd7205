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
        SqliteConnection connection, UsageTable source, SourceDay day, EventRows rows, SourceSlice slice, SumAccumulator totals,
        CancellationToken cancellationToken)
    {
        var columns = new Columns(source);
        var meters = source.Measures.Select(m => new MeasureMeter(m)).ToArray();
        using var row = Select(connection, source, day.Date, day.Range.End, rows, slice);
        var instant = columns.Key + rows.Key.Count;
        var count = 0L;
        while (row.Step())
        {
            if (count++ % CancellationCheckInterval == 0)
                cancellationToken.ThrowIfCancellationRequested();
            if (!InstantColumn.IsInstant(row, instant, source.OccurredAtFormat))
            {
                throw BadRow.Of(
                    row, instant, columns.Key, source.OccurredAtColumn, InstantColumn.Needed(source.OccurredAtFormat), source,
                    InstantColumn.Remedy);
            }

            Check(row, 0, source.ItemColumn, source);
            CheckPayee(row, source, day.Date);
            for (var i = 0; i < meters.Length; i++)
            {
                if (row.Type(i + 2) != raw.SQLITE_INTEGER)
                    throw InvalidValue(row, i + 2, source.Measures[i].QuantityColumn!, "a 64-bit integer", source);

                // The quantity may have any size: pricing quarantines an item whose sum is out of range, and pays the others.
                var quantity = row.Int64(i + 2);
                if (quantity == 0)
                    continue;
                var by = columns.ByOf(i);
                if (!meters[i].TryFind(by < 0 ? [] : Value(row, by), out var meter))
                    throw InvalidValue(row, by, source.Measures[i].ByColumn!, Columns.NeededValue(source.Measures[i]), source);
                totals.Add(meter, row.Bytes(0), row.Bytes(1), 0, quantity);
            }
        }

        return count;
    }

    /// <summary>Checks the names of the table and columns, and the condition, by preparing the statement. Reads no rows.</summary>
    /// <exception cref="UsageSourceException">A name does not exist, or the condition is invalid.</exception>
    public static void RequireNames(SqliteConnection connection, UsageTable source, EventRows rows)
    {
        using var statement = Select(connection, source, default, SupportedInstants.End, rows, rows.All);
    }

    /// <summary>Prepares the statement. Its columns are those of <see cref="Columns"/>.</summary>
    private static SqliteStatement Select(
        SqliteConnection connection, UsageTable source, DateOnly day, DateTimeOffset end, EventRows rows, SourceSlice slice)
    {
        var sql = new SourceSql(source);
        var quantities = source.Measures.Select(m => m.QuantityColumn is { } column ? sql.Column(column) : "1");
        return rows.Select(
            connection,
            string.Join(", ", [
                sql.Column(source.ItemColumn), sql.Payee(day, end), .. quantities, .. source.ByColumns.Select(sql.Column), .. rows.Key,
                sql.OccurredAt,
            ]),
            slice);
    }

    private static ReadOnlySpan<byte> Value(SqliteStatement row, int column) =>
        row.Type(column) is raw.SQLITE_TEXT or raw.SQLITE_INTEGER ? row.Bytes(column) : [];

    private static void CheckPayee(SqliteStatement row, UsageTable source, DateOnly day)
    {
        if (source.PayeeHistory is not { } history || !row.IsNull(1))
        {
            Check(row, 1, source.PayeeHistory?.PayeeColumn ?? source.PayeeColumn!, source);
            return;
        }

        throw new UsageSourceException(FormattableString.Invariant(
            $"Source '{source.Name}': table {history.Table} has no payee of item '{MessageText.Escape(row.Text(0))}' as of {day:O}. ")
            + $"Add a row with {history.FromColumn} on or before this day, or exclude the item with Where(…).");
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
        BadRow.Of(row, column, new Columns(source).Key, name, needed, source);

    /// <summary>The numbers of the columns: item, payee, the quantities, the values that select meters, the key and the instant.</summary>
    private sealed class Columns(UsageTable source)
    {
        private readonly int[] _by = [.. source.Measures.Select(m =>
            m.ByColumn is null ? -1 : 2 + source.Measures.Count + source.ByColumns.ToList().IndexOf(m.ByColumn))];

        public int Key { get; } = 2 + source.Measures.Count + source.ByColumns.Count;

        public int ByOf(int measure) => _by[measure];

        public static string NeededValue(UsageMeasure measure) => FormattableString.Invariant(
            $"text or an integer that makes meter '{measure.Meter}:value' at most {UsageEvent.TextLengthMax} characters");
    }
}
