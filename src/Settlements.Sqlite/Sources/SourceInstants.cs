using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Finds the first instant of an application's table, and rows with an invalid instant.</summary>
internal static class SourceInstants
{
    /// <summary>Rows read between two checks for cancellation.</summary>
    private const int CancellationCheckInterval = 4096;

    /// <summary>Finds the earliest instant of a source that is not before <paramref name="from"/>; null when there is no row.</summary>
    public static DateTimeOffset? FindFirst(SqliteConnection connection, UsageTable source, DateTimeOffset? from)
    {
        var column = new SourceSql(source).OccurredAt;
        using var first = Select(connection, source, from is null ? "1 = 1" : $"{column} >= ?", $"ORDER BY {column} LIMIT 1");
        if (from is { } instant)
            InstantColumn.Bind(first, 1, source.OccurredAtFormat, instant);
        return first.Step() ? InstantColumn.Read(first, 0, source.OccurredAtFormat) ?? throw InvalidInstant(first, source) : null;
    }

    /// <summary>
    /// Throws when the instant of a row is invalid.
    /// </summary>
    /// <returns>The number of rows of the table.</returns>
    /// <remarks>
    /// Any row may be changed at any time, and a column can hold any value, so every row is read. The first pass reads only the instants,
    /// for which SQLite can use an index instead of the table. Only when one is invalid, a second pass reads keys and applies the source's
    /// condition, which may exclude that row. The same check within SQL (datetime, GLOB) takes as long: about 0.15 s per million rows.
    /// </remarks>
    public static long Check(SqliteConnection connection, UsageTable source, CancellationToken cancellationToken)
    {
        var (table, name) = source.Resolve(source.OccurredAtColumn);
        var isInTable = table is null || table == UsageJoin.NameOf(source.Table);
        using (var values = EventRows.Prepare(
            connection, source,
            isInTable ? $"SELECT {Sql.Name(name)} FROM {Sql.Table(source.Table)}"
                : $"SELECT {new SourceSql(source).OccurredAt} FROM {new SourceSql(source).From}"))
        {
            if (!FindInvalid(values, source, out var valid, cancellationToken))
                return valid;
        }

        using var rows = Select(connection, source, "1 = 1");
        if (FindInvalid(rows, source, out var all, cancellationToken))
            throw InvalidInstant(rows, source);
        return all;
    }

    private static bool FindInvalid(SqliteStatement row, UsageTable source, out long valid, CancellationToken cancellationToken)
    {
        for (valid = 0; row.Step(); valid++)
        {
            if (valid % CancellationCheckInterval == 0)
                cancellationToken.ThrowIfCancellationRequested();
            if (!InstantColumn.IsInstant(row, 0, source.OccurredAtFormat))
                return true;
        }

        return false;
    }

    /// <summary>Prepares a statement that reads the instant and the key of rows that meet the source's condition.</summary>
    private static SqliteStatement Select(SqliteConnection connection, UsageTable source, string condition, string tail = "")
    {
        var sql = new SourceSql(source);
        return EventRows.Prepare(
            connection, source,
            $"SELECT {sql.OccurredAt}, {string.Join(", ", source.SliceColumns.Select(sql.Column))} FROM {sql.From} "
            + $"WHERE {condition}{Sql.And(source.Filter)} {tail}");
    }

    private static UsageSourceException InvalidInstant(SqliteStatement row, UsageTable source) => BadRow.Of(
        row, 0, firstKey: 1, source.OccurredAtColumn, InstantColumn.Needed(source.OccurredAtFormat), source, InstantColumn.Remedy);
}
