namespace Settlements.ClickHouse;

/// <summary>Checks that each row of a source has at most one row of each joined table: a second one would be chosen arbitrarily.</summary>
internal static class JoinedTables
{
    public static async Task RequireUniqueAsync(
        IStatements statements, SourceCatalogue catalogue, SourceSql sql, CancellationToken cancellationToken)
    {
        var source = catalogue.Source;
        var joined = source.Joins.Select(j => (j.Table, Columns: j.Columns.Select(c => c.To).ToList())).ToList();
        if (source.PayeeHistory is { } history)
            joined.Add((history.Table, [history.ItemColumn, history.FromColumn]));
        foreach (var (table, columns) in joined)
        {
            var names = columns.Select(Sql.Name).ToList();
            var rows = await TextRows.ReadAsync(
                statements,
                $"SELECT {string.Join(", ", names.Select(n => $"ifNull(toString({n}), '')"))} FROM {sql.From(table)} "
                + $"WHERE {string.Join(" AND ", names.Select(n => $"isNotNull({n})"))} GROUP BY {string.Join(", ", names)} "
                + "HAVING count() > 1 LIMIT 1", columns.Count, cancellationToken).ConfigureAwait(false);
            if (rows is not [var row])
                continue;
            var values = string.Join(", ", columns.Select((c, i) => $"{c} = {MessageText.Escape(row[i])}"));
            throw new UsageSourceException(
                $"Source '{source.Name}': several rows of table {table} have {values}, so that any of them would count for a row of "
                + $"{source.Table}. Correct the rows, or join a view that has one of them. A ReplacingMergeTree shows them until it "
                + "merges: set Final = true.");
        }
    }
}
