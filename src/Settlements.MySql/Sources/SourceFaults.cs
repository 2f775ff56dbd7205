namespace Settlements.MySql;

/// <summary>What a source says of its table and the table doesn't hold to: all of it at once.</summary>
internal static class SourceFaults
{
    private static readonly SourceColumnKind[] Ids = [SourceColumnKind.Integer, SourceColumnKind.Unsigned, SourceColumnKind.Uuid, SourceColumnKind.Text, SourceColumnKind.Bytes];

    private static readonly SourceColumnKind[] Keys = [.. Ids, SourceColumnKind.Instant];

    private static readonly SourceColumnKind[] Numbers = [SourceColumnKind.Integer, SourceColumnKind.Unsigned];

    public static IEnumerable<string> Of(UsageTable source, IReadOnlyDictionary<string, SourceColumn> columns)
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
            columns, source.OccurredAtColumn, isText ? [SourceColumnKind.Instant] : Numbers,
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

    private static string? Fault(IReadOnlyDictionary<string, SourceColumn> columns, string name, SourceColumnKind[] kinds, string needed) =>
        !columns.TryGetValue(name, out var column) ? $"there is no column {name}"
        : !kinds.Contains(column.Kind) ? $"column {name} is {column.Type}; it has to be {needed}"
        : null;
}
