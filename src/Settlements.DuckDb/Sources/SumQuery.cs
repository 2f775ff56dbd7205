namespace Settlements.DuckDb;

/// <summary>The query of the sums of a slice.</summary>
/// <remarks>
/// One scan has the groups and, as a second grouping set, the control totals. What the statistics of the files prove is not computed: a
/// column without NULL and with numbers above 0 has as many counted events as rows.
/// </remarks>
internal sealed class SumQuery
{
    private SumQuery(string text, IReadOnlyList<MeasureColumns> measures, int firstBy)
    {
        Text = text;
        Measures = measures;
        FirstBy = firstBy;
    }

    /// <summary>The SQL. Columns: whether the row has the control totals, item, payee, number of rows, values that select meters,
    /// sums.</summary>
    public string Text { get; }

    /// <summary>The columns of each measure.</summary>
    public IReadOnlyList<MeasureColumns> Measures { get; }

    /// <summary>The first column of a value that selects a meter.</summary>
    public int FirstBy { get; }

    /// <summary>Creates the query.</summary>
    /// <param name="table">The source with the measures that count.</param>
    /// <param name="relation">The rows.</param>
    /// <param name="paths">The files.</param>
    /// <param name="condition">The condition of the slice.</param>
    /// <param name="payees">The query of the payees of items; null when the rows have them.</param>
    /// <param name="known">The statistics of the files.</param>
    public static SumQuery Of(
        UsageTable table, SourceRelation relation, IReadOnlyList<string> paths, string condition, string? payees,
        IReadOnlyCollection<FileStatistics> known)
    {
        string[] by = [.. relation.By.Select((_, i) => Sql.Alias("b", i))];
        string[] keys = payees is null ? ["i", "p", .. by] : ["i", .. by];
        var inner = new List<string> { $"{relation.Item.Expression} AS i" };
        if (relation.Payee is { } payee && payees is null)
            inner.Add($"{payee.Expression} AS p");
        inner.AddRange(relation.By.Select((c, i) => $"{c.Expression} AS {Sql.Alias("b", i)}"));
        var sums = new List<string>();
        var measures = new List<MeasureColumns>();
        var next = FirstByColumn + by.Length;
        for (var m = 0; m < table.Measures.Count; m++)
        {
            if (table.Measures[m].QuantityColumn is not { } name)
            {
                measures.Add(new MeasureColumns(null, null, null, ByOf(m)));
                continue;
            }

            var quantity = relation.Column(name);
            inner.Add($"{quantity.Quantity} AS {Sql.Alias("q", m)}");
            sums.Add($"CAST(sum({Sql.Alias("q", m)}) AS HUGEINT)");
            var sum = next++;
            int? values = null, events = null;
            if (!IsProven(s => s.WithoutNull, quantity))
            {
                sums.Add($"count({Sql.Alias("q", m)})");
                values = next++;
            }

            if (!IsProven(s => s.Positive, quantity))
            {
                sums.Add($"count(nullif({Sql.Alias("q", m)}, 0))");
                events = next++;
            }

            measures.Add(new MeasureColumns(sum, values, events, ByOf(m)));
        }

        var aliases = string.Concat(sums.Select((s, i) => $", {s} AS {Sql.Alias("s", i)}"));
        var payeeText = payees is null ? relation.Payee!.TextOf("g.p") : "h.payee";
        var itemText = relation.Item.TextOf("g.i");
        var meterValues = string.Concat(relation.By.Select((c, i) => ", " + c.TextOf("g." + Sql.Alias("b", i))));
        var text = $"""
            SELECT g.control, {itemText}, {payeeText}, g.n{meterValues}{string.Concat(sums.Select((_, i) => ", g." + Sql.Alias("s", i)))}
            FROM (SELECT grouping(i) AS control, {string.Join(", ", keys)}, count(*) AS n{aliases}
                FROM (SELECT {string.Join(", ", inner)} FROM {relation.From(paths)} WHERE {condition}{Sql.And(table.Filter)})
                GROUP BY GROUPING SETS (({string.Join(", ", keys)}), ())) g
            {(payees is null ? "" : $"LEFT JOIN ({payees}) h ON h.item = {itemText}")}
            """;
        return new SumQuery(text, measures, FirstByColumn);

        int? ByOf(int measure) => table.Measures[measure].ByColumn is { } column
            ? FirstByColumn + table.ByColumns.ToList().IndexOf(column) : null;

        bool IsProven(Func<FileStatistics, IReadOnlySet<string>> proof, SourceColumn column) =>
            relation.IsOfFiles(column) && known.All(s => s.Rows == 0 || proof(s).Contains(column.Name));
    }

    private const int FirstByColumn = 4;
}

/// <summary>The columns of a measure in the result of a <see cref="SumQuery"/>.</summary>
/// <param name="Sum">The sum; null for a measure that counts rows.</param>
/// <param name="Values">The number of rows whose quantity is not NULL; null when it is the number of rows.</param>
/// <param name="Events">The number of rows whose quantity is not 0; null when it is the number of rows.</param>
/// <param name="By">The value that selects the meter; null for none.</param>
internal sealed record MeasureColumns(int? Sum, int? Values, int? Events, int? By);
