using System.Text.RegularExpressions;
using Settlements.Stores;

namespace Settlements.ClickHouse;

/// <summary>
/// The SQL of a source. Without joins, statements read the table directly, so that the shards of a Distributed table aggregate. With joins,
/// the rows of the range and of the columns that are needed are joined in nested statements, by keys as texts, in the syntax that all
/// versions have (18.16 joins two tables in a statement); the right side is read once and sent to the shards (GLOBAL).
/// </summary>
/// <param name="catalogue">The tables.</param>
/// <param name="final">Whether FINAL is used where an engine shows rows that are merged later.</param>
internal sealed partial class SourceSql(SourceCatalogue catalogue, bool final)
{
    private UsageTable Source => catalogue.Source;

    public SourceInstant Instant => new(Column(Source.OccurredAtColumn)!, Source.OccurredAtFormat);

    /// <summary>The instant in statements that read the table alone.</summary>
    public SourceInstant InstantOfTable => new(
        new SourceColumn("", Instant.Column.Name, Instant.Column.Type, Sql.Name(Instant.Column.Name)), Source.OccurredAtFormat);

    /// <summary>Finds a column as statements name it; null when there is none.</summary>
    public SourceColumn? Column(string name)
    {
        if (catalogue.Find(name) is not var (table, column, type))
            return null;
        var isJoined = table != UsageJoin.NameOf(Source.Table);
        return new SourceColumn(
            table, column, type, Source.Joins.Count == 0 ? Sql.Name(column) : Sql.Name($"{table}.{column}"), isJoined);
    }

    /// <summary>Returns FROM and WHERE of the rows of a range that count.</summary>
    /// <param name="range">Returns the condition of the range.</param>
    public string Rows(Func<SourceInstant, string> range)
    {
        var filter = Source.Filter is null ? "" : $" AND ({Source.Filter})";
        return Source.Joins.Count == 0
            ? $"FROM {From(Source.Table)} WHERE {range(Instant)}{filter}"
            : $"FROM ({Joined(range(InstantOfTable))}) WHERE (1 = 1){filter}";
    }

    /// <summary>
    /// Returns FROM and WHERE of the rows of a range, to count them: without joins, and then without the condition, which may need them.
    /// </summary>
    public string RowsOfTable(UtcRange range) => Source.Joins.Count == 0
        ? Rows(i => i.Within(range.Start, range.End))
        : $"FROM {From(Source.Table)} WHERE {InstantOfTable.Within(range.Start, range.End)}";

    /// <summary>Returns the statement of the payees of a day by item: columns <c>__item</c> and <c>__payee</c>.</summary>
    /// <param name="day">The business day.</param>
    /// <param name="end">Its end, excluded.</param>
    public string Payees(DateOnly day, DateTimeOffset end)
    {
        var history = Source.PayeeHistory!;
        var item = catalogue.FindOfHistory(history.ItemColumn)!;
        var from = catalogue.FindOfHistory(history.FromColumn)!;
        var payee = catalogue.FindOfHistory(history.PayeeColumn)!;
        var isValid = from.Kind == SourceColumnKind.Date
            ? FormattableString.Invariant($"{from.Sql} <= toDate('{day:yyyy-MM-dd}')")
            : new SourceInstant(from, history.FromFormat).Before(end);
        return $"SELECT {Sql.AsText(item)} AS __item, argMax({Sql.AsText(payee)}, {from.Sql}) AS __payee FROM {From(history.Table)} "
            + $"WHERE {isValid} GROUP BY {Sql.AsText(item)}";
    }

    /// <summary>Returns a table as configured, with FINAL where it is needed.</summary>
    public string From(string table)
    {
        var (database, name) = SourceCatalogue.Split(table);
        return Sql.Table(database, name) + (IsFinal(table) ? " FINAL" : "");
    }

    /// <summary>Returns whether a table is read with FINAL.</summary>
    public bool IsFinal(string table) => final && catalogue.Unmerged.ContainsKey(table);

    private string Joined(string range)
    {
        var needed = Needed();
        var own = UsageJoin.NameOf(Source.Table);
        var names = needed.Where(c => c.Table == own).Select(c => $"{c.Table}.{c.Column}").ToList();
        var rows = $"SELECT {Selected(needed, own)} FROM {From(Source.Table)} WHERE {range}";
        foreach (var join in Source.Joins)
        {
            var left = join.Columns.Select((c, i) => $"{Key(Column(c.From)!)} AS __key{Sql.Number(i)}");
            var right = join.Columns.Select((c, i) => (Column: new SourceColumn(
                join.Name, c.To, catalogue.FindIn(join.Name, c.To)!.Value.Type, Sql.Name(c.To)), Number: i)).ToList();
            var keys = string.Join(", ", right.Select(r => $"__key{Sql.Number(r.Number)}"));
            var selected = string.Join(", ", [.. names.Select(Sql.Name), .. left]);
            var rightColumns = needed.Where(c => c.Table == join.Name).Select(c => $"{c.Table}.{c.Column}").ToList();
            var joined = string.Join(", ", [.. right.Select(r => $"{Key(r.Column)} AS __key{Sql.Number(r.Number)}"),
                .. needed.Where(c => c.Table == join.Name).Select(c => $"{Sql.Name(c.Column)} AS {Sql.Name($"{c.Table}.{c.Column}")}")]);
            names.AddRange(rightColumns);
            rows = $"SELECT {string.Join(", ", names.Select(Sql.Name))} FROM (SELECT {selected} FROM ({rows})) AS __left "
                + $"GLOBAL ANY LEFT JOIN (SELECT {joined} FROM {From(join.Table)}) AS __right USING ({keys})";
        }

        // The condition may name columns without their tables.
        var unqualified = FilterNames().Where(n => !names.Contains(n) && catalogue.Find(n) is not null)
            .Select(n => catalogue.Find(n) is var (table, column, _) ? $"{Sql.Name($"{table}.{column}")} AS {Sql.Name(column)}" : "");
        return $"SELECT {string.Join(", ", names.Select(Sql.Name).Concat(unqualified))} FROM ({rows})";
    }

    private static string Selected(IEnumerable<(string Table, string Column)> needed, string table) => string.Join(
        ", ", needed.Where(c => c.Table == table).Select(c => $"{Sql.Name(c.Column)} AS {Sql.Name($"{c.Table}.{c.Column}")}"));

    /// <summary>Keys are compared as texts: a null equals nothing.</summary>
    private static string Key(SourceColumn column) => $"toString({column.Sql})";

    private List<(string Table, string Column)> Needed()
    {
        var names = (string?[])[Source.ItemColumn, Source.PayeeColumn, Source.OccurredAtColumn, .. Source.KeyColumns, .. Source.ByColumns,
            .. Source.Measures.Select(m => m.QuantityColumn), .. Source.Joins.SelectMany(j => j.Columns.Select(c => c.From)),
            .. FilterNames()];
        return [.. names.OfType<string>().Select(catalogue.Find).OfType<(string Table, string Column, string)>()
            .Select(c => (c.Table, c.Column)).Distinct()];
    }

    /// <summary>Returns what may be names of columns in the condition; others are harmless.</summary>
    private IEnumerable<string> FilterNames() => Source.Filter is null ? [] : NamePattern().Matches(Source.Filter)
        .Select(m => m.Value.Replace("`", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal))
        .SelectMany(n => n.Contains('.', StringComparison.Ordinal) ? new[] { n, n[(n.LastIndexOf('.') + 1)..] } : [n])
        .Distinct(StringComparer.Ordinal);

    [GeneratedRegex(@"[`""]?[\p{L}_][\p{L}\p{Nd}_]*[`""]?(?:\.[`""]?[\p{L}_][\p{L}\p{Nd}_]*[`""]?)?", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
