using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>The rows of one table that a day counts, and the key by which they are cut. The condition's parameters come first.</summary>
internal sealed class EventRows
{
    private readonly Action<SqliteStatement> _bind;
    private readonly Func<SourceSlice, string> _condition;
    private readonly int _parameters;
    private readonly UsageTable? _source;

    /// <summary>The first value of the key that is beyond the range, where the key leads with the instant and rows that don't count are few.</summary>
    private readonly long? _end;

    private EventRows(
        string table, IReadOnlyList<string> key, Func<SourceSlice, string> condition, int parameters, bool isLate,
        Action<SqliteStatement> bind, UsageTable? source = null, long? end = null)
    {
        _end = end;
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

    /// <summary>All of them.</summary>
    public SourceSlice All => new(null, null, IsLate);

    /// <summary>Rows of the library's table that came while their day was open. Those noted as late are counted by another day.</summary>
    public static EventRows OnTime(UtcRange range) => new(
        "usage_events", ["occurred_at", "event_id"], keys => $"{Within("occurred_at", keys, leads: true)} AND posting_date IS NULL", 2, isLate: false,
        statement => statement.Bind(1, UnixMicroseconds.From(range.Start)).Bind(2, UnixMicroseconds.From(range.End)),
        end: UnixMicroseconds.From(range.End));

    /// <summary>Rows of the library's table that came after their day was closed, and are noted for this one.</summary>
    public static EventRows Late(DateOnly day) => new(
        "usage_events", ["occurred_at", "event_id"], _ => "posting_date = ?", 1, isLate: true,
        statement => statement.Bind(1, DayText.From(day)));

    /// <summary>Rows of a host's table.</summary>
    public static EventRows Of(UsageTable source, UtcRange range)
    {
        var column = Sql.Name(source.OccurredAtColumn);
        var leads = source.KeyColumns[0] == source.OccurredAtColumn;
        return new(
            source.Table, source.KeyColumns, keys => $"{Within(column, keys, leads)}{Sql.And(source.Filter)}", 2, isLate: false,
            statement =>
            {
                InstantColumn.Bind(statement, 1, source.OccurredAtFormat, range.Start);
                InstantColumn.Bind(statement, 2, source.OccurredAtFormat, range.End);
            },
            source);
    }

    /// <summary>A statement over the rows within a range of keys.</summary>
    public SqliteStatement Select(SqliteConnection connection, string columns, SourceSlice keys, string tail = "")
    {
        var sql = Text(columns, keys, tail);
        var statement = _source is null ? new SqliteStatement(connection, sql) : Prepare(connection, _source, sql);
        _bind(statement);
        SliceCondition.Bind(statement, _parameters + 1, keys);
        return statement;
    }

    /// <summary>The key of the row that is so many rows after one; null when it is not among these rows.</summary>
    public SliceValue[]? Hop(SqliteConnection connection, SliceValue[] from, int rows)
    {
        var key = string.Join(", ", Key);
        var range = new SourceSlice(from, null);
        if (_end is not { } end)
        {
            using var counted = Select(connection, key, range, FormattableString.Invariant($"ORDER BY {key} LIMIT 1 OFFSET {rows}"));
            return counted.Step() ? SliceCondition.Read(counted, Key) : null;
        }

        // By the key alone, that is three times as fast: rows that are noted for another day are passed over with the others.
        using var next = new SqliteStatement(
            connection, $"SELECT {key} FROM {Table} WHERE {SliceCondition.Of(range, Key)} "
            + FormattableString.Invariant($"ORDER BY {key} LIMIT 1 OFFSET {rows}"));
        SliceCondition.Bind(next, 1, range);
        return next.Step() && next.Int64(0) < end ? SliceCondition.Read(next, Key) : null;
    }

    /// <summary>What to say when more rows have one key than a chunk may hold, so that they can't be cut.</summary>
    public UsageSourceException NotUnique(SliceValue[] key) => new(
        $"Source '{_source?.Name ?? IUsageSource.EventTableName}': more rows of table {Table} than a chunk may hold have the same key "
        + $"{string.Join(", ", Key)} = {string.Join(", ", key)}. Give columns that are unique together: Key(…).");

    /// <summary>A key column that may hold null would hide its rows from the key's order.</summary>
    public void RefuseNullKeys(SqliteConnection connection)
    {
        if (_source is null)
            return;
        var nulls = string.Join(" OR ", Key.Select(column => $"{column} IS NULL"));
        using var found = Prepare(connection, _source, $"SELECT 1 FROM {Table} WHERE {_condition(All)} AND ({nulls}) LIMIT 1");
        _bind(found);
        if (found.Step())
        {
            throw new UsageSourceException(
                $"Source '{_source.Name}': a row of table {Table} has null in its key {string.Join(", ", Key)}. Mend the row, leave it out with "
                + "Where(…), or name another key.");
        }
    }

    internal string Text(string columns, SourceSlice keys, string tail = "") =>
        $"SELECT {columns} FROM {Table} WHERE {_condition(keys)} AND {SliceCondition.Of(keys, Key)} {tail}";

    /// <summary>
    /// The condition on the instant. '+' takes it from the planner where the key's bounds are to lead: they are narrower than the day's, and
    /// SQLite would start each chunk at the day's first row.
    /// </summary>
    private static string Within(string column, SourceSlice keys, bool leads) =>
        $"{(leads && keys.From is null ? "" : "+")}{column} >= ? AND {(leads && keys.To is null ? "" : "+")}{column} < ?";

    /// <summary>Prepares a statement over a host's table: what can be wrong is what the source says of it.</summary>
    public static SqliteStatement Prepare(SqliteConnection connection, UsageTable source, string sql)
    {
        try
        {
            return new SqliteStatement(connection, sql);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_ERROR)
        {
            throw new UsageSourceException(
                $"Source '{source.Name}' can't be read from table {source.Table}: {e.Message} Check the names that the source gives for its table "
                + "and columns, and its condition.");
        }
    }
}
