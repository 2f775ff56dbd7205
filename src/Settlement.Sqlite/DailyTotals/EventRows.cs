using Microsoft.Data.Sqlite;
using Settlement.BillableEvents;
using Settlement.Calendars;
using Settlement.Sqlite.Connections;

namespace Settlement.Sqlite.DailyTotals;

/// <summary>The rows of one table that a day counts, and the key by which they are cut. The condition's parameters come first.</summary>
internal sealed class EventRows
{
    private readonly Action<SqliteStatement> _bind;
    private readonly string _condition;
    private readonly int _parameters;
    private readonly EventSource? _source;

    private EventRows(string table, IReadOnlyList<string> key, string condition, int parameters, bool isLate, Action<SqliteStatement> bind,
        EventSource? source = null)
    {
        _source = source;
        Table = Sql.Name(table);
        Key = [.. key.Select(Sql.Name)];
        IsLate = isLate;
        _condition = condition;
        _parameters = parameters;
        _bind = bind;
    }

    public string Table { get; }

    public IReadOnlyList<string> Key { get; }

    /// <summary>Whether these are the rows that the library's table notes as late for the day.</summary>
    public bool IsLate { get; }

    /// <summary>Rows of the library's table that came while their day was open. Those noted as late are counted by another day.</summary>
    public static EventRows OnTime(UtcRange range) => new(
        "billable_events", ["occurred_at", "event_id"], "occurred_at >= ? AND occurred_at < ? AND counted_on IS NULL", 2, isLate: false,
        statement => statement.Bind(1, UnixMicroseconds.From(range.Start)).Bind(2, UnixMicroseconds.From(range.End)));

    /// <summary>Rows of the library's table that came after their day was closed, and are noted for this one.</summary>
    public static EventRows Late(DateOnly day) => new(
        "billable_events", ["occurred_at", "event_id"], "counted_on = ?", 1, isLate: true,
        statement => statement.Bind(1, DayText.From(day)));

    /// <summary>Rows of a host's table. Where another column than the instant leads the key, '+' keeps the planner on the key's index.</summary>
    public static EventRows Of(EventSource source, UtcRange range)
    {
        var column = Sql.Name(source.OccurredAtColumn);
        var plus = source.KeyColumns[0] == source.OccurredAtColumn ? "" : "+";
        return new(
            source.Table, source.KeyColumns, $"{plus}{column} >= ? AND {plus}{column} < ?{Sql.And(source.Filter)}", 2, isLate: false,
            statement =>
            {
                InstantColumn.Bind(statement, 1, source.OccurredAtFormat, range.Start);
                InstantColumn.Bind(statement, 2, source.OccurredAtFormat, range.End);
            },
            source);
    }

    /// <summary>A statement over the rows within a range of keys.</summary>
    public SqliteStatement Select(SqliteConnection connection, string columns, KeyRange keys, string tail = "")
    {
        var sql = $"SELECT {columns} FROM {Table} WHERE {_condition} AND {keys.Condition(Key)} {tail}";
        var statement = _source is null ? new SqliteStatement(connection, sql) : Prepare(connection, _source, sql);
        _bind(statement);
        keys.Bind(statement, _parameters + 1);
        return statement;
    }

    /// <summary>Prepares a statement over a host's table: what can be wrong is what the source says of it.</summary>
    public static SqliteStatement Prepare(SqliteConnection connection, EventSource source, string sql)
    {
        try
        {
            return new SqliteStatement(connection, sql);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_ERROR)
        {
            throw new EventSourceException(
                $"Source '{source.Name}' can't be read from table {source.Table}: {e.Message} Check the names that the source gives for its table "
                + "and columns, and its condition.");
        }
    }
}
