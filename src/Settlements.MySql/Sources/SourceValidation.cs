namespace Settlements.MySql;

/// <summary>Validates a source's definition against its table; all validation errors are reported at once.</summary>
internal static class SourceValidation
{
    private static readonly SourceColumnKind[] Ids = [SourceColumnKind.Integer, SourceColumnKind.Unsigned, SourceColumnKind.Uuid,
        SourceColumnKind.Text, SourceColumnKind.Bytes];

    private static readonly SourceColumnKind[] Keys = [.. Ids, SourceColumnKind.Instant];

    private static readonly SourceColumnKind[] Numbers = [SourceColumnKind.Integer, SourceColumnKind.Unsigned];

    public static IEnumerable<string> Validate(UsageTable source, IReadOnlyDictionary<string, SourceColumn> columns)
    {
        foreach (var key in source.KeyColumns)
        {
            if (Error(columns, key, Keys, "a whole number, an instant, a UUID or text") is { } error)
                yield return error;
            else if (columns[key].DataType.Equals("enum", StringComparison.OrdinalIgnoreCase))
                yield return $"key column {key} is an ENUM, which is sorted by number and compared by text; use another key";
            else if (columns[key].IsNullable)
                yield return $"key column {key} is nullable, and rows with null would be skipped; make it NOT NULL, or use another key";
        }

        var isText = source.OccurredAtFormat == InstantFormat.Text;
        if (Error(
            columns, source.OccurredAtColumn, isText ? [SourceColumnKind.Instant] : Numbers,
            isText ? "DATETIME or TIMESTAMP, for an instant in text format"
                : $"a whole number, for the format {source.OccurredAtFormat}") is { } instant)
        {
            yield return instant;
        }

        foreach (var id in (string[])[source.ItemColumn, source.PayeeColumn!])
        {
            if (Error(columns, id, Ids, "a whole number, a UUID or text") is { } error)
                yield return error;
        }

        foreach (var quantity in source.Measures.Select(m => m.QuantityColumn).OfType<string>())
        {
            if (Error(columns, quantity, Numbers, "a whole number") is { } error)
                yield return error;
        }
    }

    private static string? Error(IReadOnlyDictionary<string, SourceColumn> columns, string name, SourceColumnKind[] kinds, string needed) =>
        !columns.TryGetValue(name, out var column) ? $"there is no column {name}"
        : !kinds.Contains(column.Kind) ? $"column {name} is {column.Type}; it must be {needed}"
        : null;
}
