using System.Globalization;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The rows of a table that a day counts, and the key by which they are sliced.</summary>
internal sealed class EventRows
{
    private readonly string _from;
    private readonly string _unforced;
    private readonly string _condition;
    private readonly (string Name, object Value)[] _values;

    private EventRows(
        string from, string unforced, string condition, IReadOnlyList<string> key, SourceColumnKind leading,
        params (string Name, object Value)[] values)
    {
        _from = from;
        _unforced = unforced;
        _condition = condition;
        _values = values;
        Key = key;
        Leading = leading;
    }

    public string Source { get; private init; } = IUsageSource.EventTableName;

    public string Table { get; private init; } = IUsageSource.EventTableName;

    public IReadOnlyList<string> Key { get; }

    /// <summary>The kind of the key's first column.</summary>
    public SourceColumnKind Leading { get; }

    /// <summary>The day's range if the key's first column is the instant; otherwise null.</summary>
    public UtcRange? Instants { get; private init; }

    public bool IsLate { get; private init; }

    /// <summary>The parts of the day's range that are counted, if the key is the instant alone; otherwise null.</summary>
    public InstantBuckets? Buckets { get; private init; }

    /// <summary>The slice of all rows.</summary>
    public SourceSlice All => new(null, null, IsLate);

    /// <summary>
    /// Returns the rows of the library's table that were stored while their day was open; late events are posted to another day.
    /// </summary>
    public static EventRows OnTime(UtcRange range) => new(
        "usage_events FORCE INDEX (PRIMARY)", "usage_events", "occurred_at >= @start AND occurred_at < @end AND posting_date IS NULL",
        ["occurred_at", "event_id"],
        SourceColumnKind.Instant, ("start", Sql.Instant(range.Start)), ("end", Sql.Instant(range.End)))
    {
        Instants = range,
    };

    /// <summary>Returns the late events of the library's table that are posted to a day.</summary>
    public static EventRows Late(DateOnly day) => new(
        "late_events l STRAIGHT_JOIN usage_events e ON e.occurred_at = l.occurred_at AND e.event_id = l.event_id", "",
        "l.posting_date = @day",
        ["l.occurred_at", "l.event_id"], SourceColumnKind.Other, ("day", Sql.Day(day)))
    {
        IsLate = true,
    };

    /// <summary>Returns the rows of an application's table.</summary>
    public static EventRows Of(SourceTable table, UtcRange range)
    {
        var source = table.Source;
        var column = table.Column(source.OccurredAtColumn).Sql;
        var leadsByInstant = table.SliceColumns[0] == source.OccurredAtColumn
            && table.Column(source.OccurredAtColumn).Kind == SourceColumnKind.Instant;
        return new EventRows(
            table.From(table.Index), table.From(index: null), $"{column} >= @start AND {column} < @end{Sql.And(source.Filter)}",
            [.. table.SliceColumns.Select(c => table.Column(c).Sql)], table.Column(table.SliceColumns[0]).Kind,
            ("start", InstantFormats.Bound(source.OccurredAtFormat, range.Start)),
            ("end", InstantFormats.Bound(source.OccurredAtFormat, range.End)))
        {
            Source = source.Name,
            Table = source.Table,
            Instants = leadsByInstant ? range : null,
            Buckets = table.IsSlicedByInstant ? InstantBuckets.Of(source.OccurredAtFormat, column, range) : null,
        };
    }

    /// <summary>
    /// Returns the range of instants that is the slice; null if the key is not the instant, or a bound has further columns.
    /// </summary>
    public UtcRange? RangeOf(SourceSlice slice)
    {
        if (Instants is not { } range || slice.From is { Count: > 1 } || slice.To is { Count: > 1 })
            return null;
        return new UtcRange(Bound(slice.From, range.Start), Bound(slice.To, range.End));

        static DateTimeOffset Bound(IReadOnlyList<SliceValue>? bound, DateTimeOffset otherwise) =>
            bound is [var value] ? (DateTimeOffset)value.Value : otherwise;
    }

    /// <summary>Creates a query of the rows of a slice.</summary>
    public MySqlCommand Select(
        MySqlConnection connection, string columns, SourceSlice slice, string tail = "", string head = "", bool byKey = true)
    {
        var command = connection.CreateCommand();
        foreach (var (name, value) in _values)
            command.Parameters.AddWithValue(name, value);
#pragma warning disable CA2100 // names are quoted, values are parameters; the filter is the application's code
        command.CommandText = $"{head}SELECT {columns} FROM {(byKey ? _from : _unforced)} "
            + $"WHERE {_condition} AND {SliceCondition.Of(slice, Key, command.Parameters)} {tail}";
#pragma warning restore CA2100
        return command;
    }

    /// <summary>Returns the server's estimate of a slice's rows from the index: inexact, but fast.</summary>
    public async Task<long> EstimateAsync(MySqlConnection connection, SourceSlice slice, CancellationToken cancellationToken)
    {
        var command = Select(connection, "1", slice, head: "EXPLAIN ");
        await using var _ = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        var names = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToList();

        // The column is 'rows' on MariaDB and MySQL, and 'estRows' on TiDB, where the last line is the operator that reads.
        var column = names.FindIndex(name => name.Equals("rows", StringComparison.OrdinalIgnoreCase)
            || name.Equals("estRows", StringComparison.OrdinalIgnoreCase));
        var rows = 0d;
        while (column >= 0 && await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows = reader.IsDBNull(column) ? 0 : Convert.ToDouble(reader.GetValue(column), CultureInfo.InvariantCulture);
        return (long)rows;
    }

    /// <summary>Returns the key of a slice's row after a number of rows; null if there is none.</summary>
    public async Task<SliceValue[]?> FindKeyAsync(
        MySqlConnection connection, SourceSlice slice, int skip, CancellationToken cancellationToken)
    {
        var key = string.Join(", ", Key);
        var command = Select(connection, key, slice, FormattableString.Invariant($"ORDER BY {key} LIMIT 1 OFFSET {skip}"));
        await using var _ = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? SliceCondition.Read(reader, Key.Count) : null;
    }

    /// <summary>Creates the error for more rows of one key than the maximum of a slice.</summary>
    public UsageSourceException NotUnique(SliceValue[] key) => new(
        $"Source '{Source}': too many rows of table {Table} for one chunk have the same key {string.Join(", ", Key)} = "
        + $"{string.Join(", ", key)}. Use columns that are unique together: Key(…).");

    /// <summary>Returns the least and the greatest value of the key's first column; null if there are no rows.</summary>
    public async Task<(object Least, object Greatest)?> EdgesAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var command = Select(connection, $"min({Key[0]}), max({Key[0]})", All, byKey: false);
        await using var _ = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) && !reader.IsDBNull(0)
            ? (reader.GetValue(0), reader.GetValue(1)) : null;
    }
}
