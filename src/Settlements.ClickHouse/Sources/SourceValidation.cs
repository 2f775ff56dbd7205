using Settlements.Stores;

namespace Settlements.ClickHouse;

/// <summary>Validates a source's definition against its tables; all validation errors are reported at once.</summary>
internal static class SourceValidation
{
    public static IEnumerable<string> Validate(SourceCatalogue catalogue, SourceSql sql, ClickHouseOptions options)
    {
        var source = catalogue.Source;
        foreach (var key in source.KeyColumns.Where(k => sql.Column(k) is null))
            yield return NoColumn(key);
        if (InstantError(sql.Column(source.OccurredAtColumn), source.OccurredAtColumn, source.OccurredAtFormat) is { } instant)
            yield return instant;
        else if (catalogue.Find(source.OccurredAtColumn)!.Value.Table != UsageJoin.NameOf(source.Table))
            yield return $"column {source.OccurredAtColumn} is of a joined table; the instant must be of {source.Table}";
        foreach (var id in (string?[])[source.ItemColumn, source.PayeeColumn, .. source.ByColumns])
        {
            if (id is not null && IdError(sql.Column(id), id) is { } error)
                yield return error;
        }

        foreach (var name in source.Measures.Select(m => m.QuantityColumn).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (sql.Column(name) is not { } column)
                yield return NoColumn(name);
            else if (column.Kind != SourceColumnKind.Integer)
                yield return $"column {name} is {column.Type}; it must be an integer of at most 64 bits, since other sums aren't exact";
        }

        foreach (var (join, from, to) in source.Joins.SelectMany(j => j.Columns.Select(c => (j, c.From, c.To))))
        {
            if (sql.Column(from) is null)
                yield return NoColumn(from);
            if (catalogue.FindIn(join.Name, to) is null)
                yield return NoColumn($"{join.Name}.{to}");
        }

        foreach (var error in source.PayeeHistory is { } history ? Validate(history, catalogue) : [])
            yield return error;
        foreach (var (table, engine) in options.AllowUnmerged ? [] : catalogue.Unmerged.Where(_ => !options.Final))
        {
            yield return $"table {table} is a {engine}, which shows rows of the same sorting key until a merge removes them, at a time of "
                + "the server's choice, so that they would count twice. Set Final = true to read it with FINAL, or AllowUnmerged = true if "
                + "no row is ever written twice";
        }

        if (options.Final && catalogue.Unmerged.Count == 0)
        {
            yield return $"Final is set, but table {source.Table} is a {catalogue.Table.Engine} without rows that are merged later. Remove "
                + "Final";
        }
    }

    private static IEnumerable<string> Validate(PayeeHistory history, SourceCatalogue catalogue)
    {
        foreach (var id in (string[])[history.ItemColumn, history.PayeeColumn])
        {
            if (IdError(catalogue.FindOfHistory(id), $"{history.Table}.{id}") is { } error)
                yield return error;
        }

        var from = catalogue.FindOfHistory(history.FromColumn);
        if (from?.Kind != SourceColumnKind.Date
            && InstantError(from, $"{history.Table}.{history.FromColumn}", history.FromFormat) is { } instant)
            yield return instant;
    }

    private static string? IdError(SourceColumn? column, string name) =>
        column is null ? NoColumn(name)
        : !column.IsId ? $"column {name} is {column.Type}; it must be String, FixedString, UUID, an Enum or an integer of at most 64 bits"
        : null;

    private static string? InstantError(SourceColumn? column, string name, InstantFormat format) =>
        column is null ? NoColumn(name)
        : format == InstantFormat.Text && column.Kind is not (SourceColumnKind.DateTime or SourceColumnKind.DateTime64)
            ? $"column {name} is {column.Type}; it must be DateTime or DateTime64, or a number with its format: OccurredAt(column, format)"
        : format != InstantFormat.Text && column.Kind != SourceColumnKind.Integer
            ? $"column {name} is {column.Type}; for the format {format} it must be an integer of at most 64 bits"
        : null;

    private static string NoColumn(string name) => $"there is no column {name}, or several joined tables have it";
}
