using System.Text;
using Microsoft.Data.Sqlite;
using Settlement.BillableEvents;
using Settlement.Sqlite.Connections;

namespace Settlement.Sqlite.Sums;

/// <summary>Finds the first instant of an application's table, and rows whose instant is invalid, wherever they sort.</summary>
internal static class SourceInstants
{
    /// <summary>Rows read between two checks for cancellation.</summary>
    private const int RowsPerLook = 4096;

    /// <summary>The earliest instant of a source, from one on where it is given; null when there is no row.</summary>
    public static DateTimeOffset? FindFirst(SqliteConnection connection, EventSource source, DateTimeOffset? from)
    {
        var column = Sql.Name(source.OccurredAtColumn);
        using var first = Select(connection, source, from is null ? "1 = 1" : $"{column} >= ?", $"ORDER BY {column} LIMIT 1");
        if (from is { } instant)
            InstantColumn.Bind(first, 1, source.OccurredAtFormat, instant);
        return first.Step() ? InstantColumn.Read(first, 0, source.OccurredAtFormat) ?? throw Bad(first, source) : null;
    }

    /// <summary>
    /// Throws when a row's instant is invalid. Reads as few rows as possible: for numbers, the minimum and the maximum, which reveal all but
    /// fractions; for indexed text, the first row of each date and values that sort between dates. The rest is found when its day is summed.
    /// </summary>
    public static void Check(SqliteConnection connection, EventSource source, bool everyRow, CancellationToken cancellationToken)
    {
        if (everyRow)
            CheckAll(connection, source, cancellationToken);
        else if (source.OccurredAtFormat != InstantFormat.Text)
            CheckEdges(connection, source);
        else if (FindIndex(connection, source) is not { } index || !TryCheckDates(connection, source, index, cancellationToken))
            CheckAll(connection, source, cancellationToken);
    }

    private static void CheckAll(SqliteConnection connection, EventSource source, CancellationToken cancellationToken)
    {
        using var row = Select(connection, source, "1 = 1");
        for (var count = 0L; row.Step(); count++)
        {
            if (count % RowsPerLook == 0)
                cancellationToken.ThrowIfCancellationRequested();
            Require(row, source);
        }
    }

    /// <summary>Values sort by type first (null, numbers, text, blobs): the minimum and the maximum reveal any other type.</summary>
    private static void CheckEdges(SqliteConnection connection, EventSource source)
    {
        foreach (var direction in (string[])["ASC", "DESC"])
        {
            using var edge = Select(connection, source, "1 = 1", $"ORDER BY {Sql.Name(source.OccurredAtColumn)} {direction} LIMIT 1");
            if (edge.Step())
                Require(edge, source);
        }
    }

    /// <summary>Seeks along an index from one date to the next: one row is read per date.</summary>
    /// <returns>False when the index can't be used, for example for its collation.</returns>
    private static bool TryCheckDates(SqliteConnection connection, EventSource source, string index, CancellationToken cancellationToken)
    {
        var column = Sql.Name(source.OccurredAtColumn);
        SqliteStatement next;
        try
        {
            next = Select(connection, source, $"{column} >= ?", $"ORDER BY {column} LIMIT 1", index);
        }
        catch (EventSourceException)
        {
            return false;
        }

        using (next)
        {
            // Null and numbers are sorted before all texts, and bytes after them.
            foreach (var condition in (string[])[$"{column} IS NULL", $"{column} < ''"])
            {
                using var before = Select(connection, source, condition, "LIMIT 1", index);
                if (before.Step())
                    Require(before, source);
            }

            next.Bind(1, "");
            while (next.Step())
            {
                cancellationToken.ThrowIfCancellationRequested();
                Require(next, source);

                // '!' sorts directly after the space: all instants of this date sort before it, all of later dates after it.
                var beyond = $"{Encoding.ASCII.GetString(next.Bytes(0)[..InstantColumn.DateLength])}!";
                next.Reset();
                next.Bind(1, beyond);
            }
        }

        return true;
    }

    /// <summary>An index of the whole table whose first column is the instant; null when there is none, as of a view.</summary>
    private static string? FindIndex(SqliteConnection connection, EventSource source)
    {
        using var index = new SqliteStatement(connection, """
            SELECT l.name FROM pragma_index_list(?) l, pragma_index_xinfo(l.name) c
            WHERE l.partial = 0 AND c.seqno = 0 AND c.name = ? COLLATE NOCASE LIMIT 1
            """);
        index.Bind(1, source.Table).Bind(2, source.OccurredAtColumn);
        return index.Step() ? index.Text(0) : null;
    }

    /// <summary>The instant and the key of rows that the source's condition accepts.</summary>
    private static SqliteStatement Select(SqliteConnection connection, EventSource source, string condition, string tail = "", string? index = null) =>
        EventRows.Prepare(
            connection, source,
            $"SELECT {Sql.Name(source.OccurredAtColumn)}, {Sql.Names(source.KeyColumns)} FROM {Sql.Name(source.Table)}"
            + $"{(index is null ? "" : $" INDEXED BY {Sql.Name(index)}")} WHERE {condition}{Sql.And(source.Filter)} {tail}");

    private static void Require(SqliteStatement row, EventSource source)
    {
        if (!InstantColumn.IsInstant(row, 0, source.OccurredAtFormat))
            throw Bad(row, source);
    }

    private static EventSourceException Bad(SqliteStatement row, EventSource source) => BadRow.Of(
        row, 0, firstKey: 1, source.OccurredAtColumn, InstantColumn.Needed(source.OccurredAtFormat), source, InstantColumn.Remedy);
}
