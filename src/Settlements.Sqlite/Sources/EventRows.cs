using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>The rows of a table that are posted to one day, and the key by which they are sliced.</summary>
/// <remarks>In statements, the parameters of the day's condition precede those of the slice.</remarks>
internal sealed class EventRows
{
    private readonly Action<SqliteStatement> _bind;
    private readonly Func<SourceSlice, string> _condition;
    private readonly int _parameters;
    private readonly UsageTable? _source;

    private EventRows(
        string table, string from, IReadOnlyList<string> key, Func<SourceSlice, string> condition, int parameters, bool isLate,
        Action<SqliteStatement> bind, UsageTable? source = null, long? end = null)
    {
        End = end;
        _source = source;
        Table = table;
        From = from;
        Key = key;
        IsLate = isLate;
        _condition = condition;
        _parameters = parameters;
        _bind = bind;
    }

    /// <summary>
    /// The exclusive end of the day as a value of the first key column; null unless the key begins with the instant and nearly all rows of
    /// the range are posted to the day.
    /// </summary>
    public long? End { get; }

    public string Table { get; }

    /// <summary>The table with its joins.</summary>
    public string From { get; }

    /// <summary>Whether the key is the instant alone, which several rows may share.</summary>
    public bool IsKeyless => _source is { KeyColumns.Count: 0 };

    public IReadOnlyList<string> Key { get; }

    /// <summary>Whether these are the late events that are posted to the day.</summary>
    public bool IsLate { get; }

    /// <summary>The slice of all rows.</summary>
    public SourceSlice All => new(null, null, IsLate);

    /// <summary>Events of the library's table that are posted to their usage date. Late events are posted to another day.</summary>
    public static EventRows OnTime(UtcRange range) => new(
        "usage_events", "usage_events", ["occurred_at", "event_id"],
        slice => $"{Within("occurred_at", slice, leads: true)} AND posting_date IS NULL", 2, isLate: false,
        statement => statement.Bind(1, UnixMicroseconds.From(range.Start)).Bind(2, UnixMicroseconds.From(range.End)),
        end: UnixMicroseconds.From(range.End));

    /// <summary>Late events of the library's table, which arrived after the close of their usage date and are posted to this day.</summary>
    public static EventRows Late(DateOnly day) => new(
        "usage_events", "usage_events", ["occurred_at", "event_id"], _ => "posting_date = ?", 1, isLate: true,
        statement => statement.Bind(1, DayText.From(day)));

    /// <summary>Rows of an application's table.</summary>
    public static EventRows Of(UsageTable source, UtcRange range)
    {
        var sql = new SourceSql(source);
        var column = sql.OccurredAt;
        var leads = source.SliceColumns[0] == source.OccurredAtColumn;
        return new(
            source.Table, sql.From, [.. source.SliceColumns.Select(sql.Column)],
            slice => $"{Within(column, slice, leads)}{Sql.And(source.Filter)}", 2, isLate: false,
            statement =>
            {
                InstantColumn.Bind(statement, 1, source.OccurredAtFormat, range.Start);
                InstantColumn.Bind(statement, 2, source.OccurredAtFormat, range.End);
            },
            source);
    }

    /// <summary>Prepares a statement over the rows of a slice.</summary>
    public SqliteStatement Select(SqliteConnection connection, string columns, SourceSlice slice, string tail = "")
    {
        var sql = Text(columns, slice, tail);
        var statement = _source is null ? new SqliteStatement(connection, sql) : Prepare(connection, _source, sql);
        _bind(statement);
        SliceCondition.Bind(statement, _parameters + 1, slice);
        return statement;
    }

    /// <summary>Finds the key of the row that is a number of rows after another one; null when that row is not among these rows.</summary>
    public SliceValue[]? FindKeyAfter(SqliteConnection connection, SliceValue[] from, int rows)
    {
        var key = string.Join(", ", Key);
        var range = new SourceSlice(from, null);
        if (End is not { } end)
        {
            using var counted = Select(connection, key, range, FormattableString.Invariant($"ORDER BY {key} LIMIT 1 OFFSET {rows}"));
            return counted.Step() ? SliceCondition.Read(counted, Key) : null;
        }

        // A condition on the key alone is three times as fast. It counts late events too, which only makes slices smaller.
        using var next = new SqliteStatement(
            connection, $"SELECT {key} FROM {From} WHERE {SliceCondition.Of(range, Key)} "
            + FormattableString.Invariant($"ORDER BY {key} LIMIT 1 OFFSET {rows}"));
        SliceCondition.Bind(next, 1, range);
        return next.Step() && next.Int64(0) < end ? SliceCondition.Read(next, Key) : null;
    }

    /// <summary>Finds the next greater key of a source whose key is the instant; null when there is none.</summary>
    public SliceValue[]? FindNextKey(SqliteConnection connection, SliceValue[] from)
    {
        // The third parameter is the lower bound of the slice, after the two bounds of the day.
        using var next = Select(connection, Key[0], new SourceSlice(from, null), $"AND {Key[0]} > ?3 ORDER BY {Key[0]} LIMIT 1");
        return next.Step() ? SliceCondition.Read(next, Key) : null;
    }

    /// <summary>Creates the exception for a key that more rows have than a chunk may hold, so that they can't be sliced.</summary>
    public UsageSourceException NotUnique(SliceValue[] key) => new(
        $"Source '{_source?.Name ?? IUsageSource.EventTableName}': more rows of table {Table} than a chunk may hold have the same key "
        + $"{string.Join(", ", Key)} = {string.Join(", ", key)}. Name columns that are unique together: Key(…).");

    /// <summary>Throws when a row has null in its key: comparisons with null would leave it out of every slice.</summary>
    public void RequireKeysWithoutNull(SqliteConnection connection)
    {
        if (_source is null)
            return;
        var nulls = string.Join(" OR ", Key.Select(column => $"{column} IS NULL"));
        using var found = Prepare(connection, _source, $"SELECT 1 FROM {From} WHERE {_condition(All)} AND ({nulls}) LIMIT 1");
        _bind(found);
        if (found.Step())
        {
            throw new UsageSourceException(
                $"Source '{_source.Name}': a row of table {Table} has null in its key {string.Join(", ", Key)}. Correct the row, exclude "
                + "it with Where(…), or name another key.");
        }
    }

    internal string Text(string columns, SourceSlice slice, string tail = "") =>
        $"SELECT {columns} FROM {From} WHERE {_condition(slice)} AND {SliceCondition.Of(slice, Key)} {tail}";

    /// <summary>
    /// Returns the condition on the instant. A unary '+' keeps the query planner from using it for an index search where the slice's bounds
    /// are narrower: otherwise SQLite would start each slice at the day's first row.
    /// </summary>
    private static string Within(string column, SourceSlice slice, bool leads) =>
        $"{(leads && slice.From is null ? "" : "+")}{column} >= ? AND {(leads && slice.To is null ? "" : "+")}{column} < ?";

    /// <summary>Prepares a statement over an application's table. An SQL error is due to a name or condition of the source.</summary>
    public static SqliteStatement Prepare(SqliteConnection connection, UsageTable source, string sql)
    {
        try
        {
            return new SqliteStatement(connection, sql);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_ERROR)
        {
            throw new UsageSourceException(
                $"Source '{source.Name}' can't be read from table {source.Table}: {e.Message} Check the "
                + "source's table name, column names and condition.");
        }
    }
}
