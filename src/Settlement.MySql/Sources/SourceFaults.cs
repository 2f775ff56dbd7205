using Settlement.BillableEvents;

namespace Settlement.MySql.Sources;

/// <summary>What a source says of its table and the table doesn't hold to: all of it at once.</summary>
internal static class SourceFaults
{
    private static readonly ColumnKind[] Ids = [ColumnKind.Integer, ColumnKind.Unsigned, ColumnKind.Uuid, ColumnKind.Text, ColumnKind.Bytes];

    private static readonly ColumnKind[] Keys = [.. Ids, ColumnKind.Instant];

    private static readonly ColumnKind[] Numbers = [ColumnKind.Integer, ColumnKind.Unsigned];

    public static IEnumerable<string> Of(EventSource source, IReadOnlyDictionary<string, SourceColumn> columns)
    {
        foreach (var key in source.KeyColumns)
        {
            if (Fault(columns, key, Keys, "a whole number, an instant, a UUID or text") is { } fault)
                yield return fault;
            else if (columns[key].DataType.Equals("enum", StringComparison.OrdinalIgnoreCase))
                yield return $"key column {key} is an ENUM, which is ordered by its numbers and compared by its texts; name another key";
            else if (columns[key].IsNullable)
                yield return $"key column {key} may hold null, which would hide its rows from the key's order; make it NOT NULL, or name another key";
        }

        var isText = source.OccurredAtFormat == InstantFormat.Text;
        if (Fault(
            columns, source.OccurredAtColumn, isText ? [ColumnKind.Instant] : Numbers,
            isText ? "DATETIME or TIMESTAMP, for an instant that is no number" : $"a whole number, for the format {source.OccurredAtFormat}") is { } instant)
        {
            yield return instant;
        }

        foreach (var id in (string[])[source.ItemColumn, source.PayeeColumn])
        {
            if (Fault(columns, id, Ids, "a whole number, a UUID or text") is { } fault)
                yield return fault;
        }

        foreach (var quantity in source.Measures.Select(m => m.QuantityColumn).OfType<string>())
        {
            if (Fault(columns, quantity, Numbers, "a whole number") is { } fault)
                yield return fault;
        }
    }

    private static string? Fault(IReadOnlyDictionary<string, SourceColumn> columns, string name, ColumnKind[] kinds, string needed) =>
        !columns.TryGetValue(name, out var column) ? $"there is no column {name}"
        : !kinds.Contains(column.Kind) ? $"column {name} is {column.Type}; it has to be {needed}"
        : null;
}
