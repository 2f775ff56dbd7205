using System.Globalization;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>The SQL of an application's table with its joins.</summary>
internal sealed class SourceSql(UsageTable source)
{
    /// <summary>The table and its joins, for FROM.</summary>
    public string From { get; } = Sql.Table(source.Table) + string.Concat(source.Joins.Select(join =>
        $" LEFT JOIN {Sql.Table(join.Table)} ON "
        + string.Join(" AND ", join.Columns.Select(c => SameId($"{Sql.Name(join.Name)}.{Sql.Name(c.To)}", Column(source, c.From))))));

    /// <summary>The instant.</summary>
    public string OccurredAt => Column(source.OccurredAtColumn);

    /// <summary>Returns a column, qualified where the source reads several tables.</summary>
    public string Column(string name) => Column(source, name);

    /// <summary>Returns the payee's column, or its lookup for a day.</summary>
    /// <param name="day">The usage date.</param>
    /// <param name="end">The end of the day, excluded.</param>
    public string Payee(DateOnly day, DateTimeOffset end)
    {
        if (source.PayeeHistory is not { } history)
            return Column(source.PayeeColumn!);
        var alias = Sql.Name(source.PayeeHistoryAlias);
        var from = $"{alias}.{Sql.Name(history.FromColumn)}";
        var bound = Literal(history.FromFormat, end);
        var isValid = history.FromFormat == InstantFormat.Text
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"CASE WHEN length({from}) = 10 THEN {from} <= '{day:yyyy-MM-dd}' ELSE {from} < {bound} END")
            : $"{from} < {bound}";
        var item = SameId($"{alias}.{Sql.Name(history.ItemColumn)}", Qualified(source.ItemColumn));
        return $"(SELECT {alias}.{Sql.Name(history.PayeeColumn)} FROM {Sql.Table(history.Table)} {alias} WHERE {item} AND {isValid} "
            + $"ORDER BY {from} DESC LIMIT 1)";
    }

    /// <summary>Returns the tables that are joined, each with the columns that must be unique in it.</summary>
    public IEnumerable<(string Table, IReadOnlyList<string> Columns)> UniqueColumns()
    {
        foreach (var join in source.Joins)
            yield return (join.Table, [.. join.Columns.Select(c => c.To)]);
        if (source.PayeeHistory is { } history)
            yield return (history.Table, [history.ItemColumn, history.FromColumn]);
    }

    /// <summary>
    /// Returns the condition that two columns have the same id. The index of the first one finds it by its collation and affinity, by which
    /// 1 equals '01'; the comparison of the texts by bytes decides.
    /// </summary>
    private static string SameId(string key, string other) =>
        $"{key} = {other} AND CAST({key} AS TEXT) = CAST({other} AS TEXT) COLLATE BINARY";

    private static string Column(UsageTable source, string name)
    {
        var (table, column) = source.Resolve(name);
        return table is null ? Sql.Name(column) : $"{Sql.Name(table)}.{Sql.Name(column)}";
    }

    /// <summary>Qualifies a column in the lookup of the payee, where the table of payees may have a column of the same name.</summary>
    private string Qualified(string name) => source.Resolve(name).Table is null
        ? $"{Sql.Name(UsageJoin.NameOf(source.Table))}.{Sql.Name(name)}" : Column(source, name);

    private static string Literal(InstantFormat format, DateTimeOffset instant) => format == InstantFormat.Text
        ? $"'{InstantColumn.Text(instant)}'"
        : InstantNumbers.From(format, instant).ToString(CultureInfo.InvariantCulture);
}
