using System.Globalization;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The rows of one table that a day counts, and the key by which they are cut.</summary>
internal sealed class EventRows
{
    private readonly string _from;
    private readonly string _condition;
    private readonly (string Name, object Value)[] _values;

    private EventRows(string from, string condition, IReadOnlyList<string> key, SourceColumnKind leading, params (string Name, object Value)[] values)
    {
        _from = from;
        _condition = condition;
        _values = values;
        Key = key;
        Leading = leading;
    }

    public string Source { get; private init; } = IUsageSource.EventTableName;

    public string Table { get; private init; } = IUsageSource.EventTableName;

    public IReadOnlyList<string> Key { get; }

    /// <summary>What the key's first column holds.</summary>
    public SourceColumnKind Leading { get; }

    /// <summary>Where the key's first column is the instant: its first and last value in the day, the last excluded.</summary>
    public UtcRange? Instants { get; private init; }

    public bool IsLate { get; private init; }

    /// <summary>All of them.</summary>
    public SourceSlice All => new(null, null, IsLate);

    /// <summary>Rows of the library's table that came while their day was open. Those noted as late are counted by another day.</summary>
    public static EventRows OnTime(UtcRange range) => new(
        "usage_events FORCE INDEX (PRIMARY)", "occurred_at >= @start AND occurred_at < @end AND posting_date IS NULL", ["occurred_at", "event_id"],
        SourceColumnKind.Instant, ("start", Sql.Instant(range.Start)), ("end", Sql.Instant(range.End)))
    {
        Instants = range,
    };

    /// <summary>Rows of the library's table that came after their day was closed, and are noted for this one.</summary>
    public static EventRows Late(DateOnly day) => new(
        "late_events l STRAIGHT_JOIN usage_events e ON e.occurred_at = l.occurred_at AND e.event_id = l.event_id", "l.posting_date = @day",
        ["l.occurred_at", "l.event_id"], SourceColumnKind.Other, ("day", Sql.Day(day)))
    {
        IsLate = true,
    };

    /// <summary>Rows of a host's table.</summary>
    public static EventRows Of(SourceTable table, UtcRange range)
    {
        var source = table.Source;
        var column = Sql.Name(source.OccurredAtColumn);
        var leadsByInstant = source.KeyColumns[0] == source.OccurredAtColumn && table.Column(source.OccurredAtColumn).Kind == SourceColumnKind.Instant;
        return new EventRows(
            $"{Sql.Table(source.Table)} FORCE INDEX ({Sql.Name(table.Index)})",
            $"{column} >= @start AND {column} < @end{Sql.And(source.Filter)}", [.. source.KeyColumns.Select(Sql.Name)],
            table.Column(source.KeyColumns[0]).Kind, ("start", InstantFormats.Bound(source.OccurredAtFormat, range.Start)),
            ("end", InstantFormats.Bound(source.OccurredAtFormat, range.End)))
        {
            Source = source.Name,
            Table = source.Table,
            Instants = leadsByInstant ? range : null,
        };
    }

    /// <summary>A statement over the rows within a range of keys.</summary>
    public MySqlCommand Select(
        MySqlConnection connection, string columns, SourceSlice slice, string tail = "", string head = "", bool byKey = true)
    {
        var command = connection.CreateCommand();
        foreach (var (name, value) in _values)
            command.Parameters.AddWithValue(name, value);
#pragma warning disable CA2100 // names are quoted, values are parameters; the filter is the host's program
        command.CommandText = $"{head}SELECT {columns} FROM {(byKey ? _from : _from.Split(" FORCE INDEX")[0])} "
            + $"WHERE {_condition} AND {SliceCondition.Of(slice, Key, command.Parameters)} {tail}";
#pragma warning restore CA2100
        return command;
    }

    /// <summary>The server's own estimate of the rows in a range, by a look into the index: not exact, and made in no time.</summary>
    public async Task<long> EstimateAsync(MySqlConnection connection, SourceSlice slice, CancellationToken cancellationToken)
    {
        var command = Select(connection, "1", slice, head: "EXPLAIN ");
        await using var _ = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        var names = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToList();

        // MariaDB and MySQL say 'rows'; TiDB 'estRows', and the lowest operator, the last line, is the one that reads.
        var column = names.FindIndex(name => name.Equals("rows", StringComparison.OrdinalIgnoreCase) || name.Equals("estRows", StringComparison.OrdinalIgnoreCase));
        var rows = 0d;
        while (column >= 0 && await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows = reader.IsDBNull(column) ? 0 : Convert.ToDouble(reader.GetValue(column), CultureInfo.InvariantCulture);
        return (long)rows;
    }

    /// <summary>The first row's key of a range, from so many rows on; null when there is none.</summary>
    public async Task<SliceValue[]?> HopAsync(MySqlConnection connection, SourceSlice slice, int skip, CancellationToken cancellationToken)
    {
        var key = string.Join(", ", Key);
        var command = Select(connection, key, slice, FormattableString.Invariant($"ORDER BY {key} LIMIT 1 OFFSET {skip}"));
        await using var _ = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? SliceCondition.Read(reader, Key.Count) : null;
    }

    /// <summary>The error for more rows of one key than a slice may hold: they can't be cut.</summary>
    public UsageSourceException NotUnique(SliceValue[] key) => new(
        $"Source '{Source}': more rows of table {Table} than a chunk may hold have the same key {string.Join(", ", Key)} = "
        + $"{string.Join(", ", key)}. Give columns that are unique together: Key(…).");

    /// <summary>The least and the greatest value of the key's first column; null when there is no row.</summary>
    public async Task<(object Least, object Greatest)?> EdgesAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var command = Select(connection, $"min({Key[0]}), max({Key[0]})", All, byKey: false);
        await using var _ = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) && !reader.IsDBNull(0) ? (reader.GetValue(0), reader.GetValue(1)) : null;
    }
}
