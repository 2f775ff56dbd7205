using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Validates a source's definition against its tables; all validation errors are reported at once.</summary>
internal static class SourceValidation
{
    private static readonly SourceColumnKind[] Ids = [SourceColumnKind.Integer, SourceColumnKind.Unsigned, SourceColumnKind.Uuid,
        SourceColumnKind.Text, SourceColumnKind.Bytes];

    private static readonly SourceColumnKind[] Keys = [.. Ids, SourceColumnKind.Instant];

    private static readonly SourceColumnKind[] Numbers = [SourceColumnKind.Integer, SourceColumnKind.Unsigned];

    public static IEnumerable<string> Validate(UsageTable source, SourceCatalogue catalogue)
    {
        foreach (var key in source.KeyColumns)
        {
            var column = catalogue.Find(key);
            if (Error(column, key, Keys, "a whole number, an instant, a UUID or text") is { } error)
                yield return error;
            else if (column!.DataType.Equals("enum", StringComparison.OrdinalIgnoreCase))
                yield return $"key column {key} is an ENUM, which is sorted by number and compared by text; use another key";
            else if (column.IsNullable)
                yield return $"key column {key} is nullable, and rows with null would be skipped; make it NOT NULL, or use another key";
        }

        if (InstantError(catalogue.Find(source.OccurredAtColumn), source.OccurredAtColumn, source.OccurredAtFormat) is { } instant)
            yield return instant;
        foreach (var id in (string?[])[source.ItemColumn, source.PayeeColumn, .. source.ByColumns])
        {
            if (id is not null && Error(catalogue.Find(id), id, Ids, "a whole number, a UUID or text") is { } error)
                yield return error;
        }

        foreach (var quantity in source.Measures.Select(m => m.QuantityColumn).OfType<string>())
        {
            if (Error(catalogue.Find(quantity), quantity, Numbers, "a whole number") is { } error)
                yield return error;
        }

        foreach (var (join, from, to) in source.Joins.SelectMany(j => j.Columns.Select(c => (j, c.From, c.To))))
        {
            if (catalogue.Find(from) is null)
                yield return $"there is no column {from}";
            if (catalogue.FindOfJoin(join.Name, to) is null)
                yield return $"there is no column {join.Name}.{to}";
            if (UuidError(catalogue.Find(from), from, catalogue.FindOfJoin(join.Name, to), $"{join.Name}.{to}") is { } error)
                yield return error;
        }

        foreach (var error in source.PayeeHistory is { } history ? Validate(source.ItemColumn, history, catalogue) : [])
            yield return error;
    }

    private static IEnumerable<string> Validate(string item, PayeeHistory history, SourceCatalogue catalogue)
    {
        foreach (var id in (string[])[history.ItemColumn, history.PayeeColumn])
        {
            if (Error(catalogue.FindOfHistory(id), $"{history.Table}.{id}", Ids, "a whole number, a UUID or text") is { } error)
                yield return error;
        }

        var key = $"{history.Table}.{history.ItemColumn}";
        if (UuidError(catalogue.Find(item), item, catalogue.FindOfHistory(history.ItemColumn), key) is { } different)
            yield return different;
        var from = catalogue.FindOfHistory(history.FromColumn);
        var isDate = from?.DataType.Equals("date", StringComparison.OrdinalIgnoreCase) == true
            && history.FromFormat == InstantFormat.Text;
        if (!isDate && InstantError(from, $"{history.Table}.{history.FromColumn}", history.FromFormat) is { } instant)
            yield return instant;
    }

    /// <summary>A server compares the bytes of a UUID with another type as a number, which is 0, or as a text.</summary>
    private static string? UuidError(SourceColumn? column, string name, SourceColumn? other, string otherName) =>
        column is null || other is null || column.Kind == SourceColumnKind.Uuid == (other.Kind == SourceColumnKind.Uuid) ? null
        : $"column {name} is {column.Type} and column {otherName} is {other.Type}, which are never equal; use columns of the same type";

    private static string? InstantError(SourceColumn? column, string name, InstantFormat format)
    {
        var isText = format == InstantFormat.Text;
        return Error(
            column, name, isText ? [SourceColumnKind.Instant] : Numbers,
            isText ? "DATETIME or TIMESTAMP, for an instant in text format" : $"a whole number, for the format {format}");
    }

    private static string? Error(SourceColumn? column, string name, SourceColumnKind[] kinds, string needed) =>
        column is null ? $"there is no column {name}"
        : !kinds.Contains(column.Kind) ? $"column {name} is {column.Type}; it must be {needed}"
        : null;
}
