using Microsoft.Data.Sqlite;

namespace Settlements.Sqlite;

/// <summary>Queries of the published lines of ranges of items.</summary>
internal static class LineRanges
{
    /// <summary>Items counted between two checks for cancellation.</summary>
    private const int CancellationCheckInterval = 1024;

    public static IReadOnlyList<string> Plan(SqliteConnection connection, DateRange days, int linesMax, CancellationToken cancellationToken)
    {
        var plan = new LineRangePlan(linesMax);
        using var row = new SqliteStatement(connection, """
            SELECT t.meter, t.item_id, count(*)
            FROM business_days d CROSS JOIN settlement_lines t ON t.run_id = d.run_id
            WHERE d.day BETWEEN ? AND ? AND d.state = 'published'
            GROUP BY t.meter, t.item_id ORDER BY t.meter, t.item_id
            """);
        row.Bind(1, DayText.From(days.First)).Bind(2, DayText.From(days.Last));
        for (var count = 0; row.Step(); count++)
        {
            if (count % CancellationCheckInterval == 0)
                cancellationToken.ThrowIfCancellationRequested();
            plan.Add(row.Text(0), row.Text(1), row.Int64(2));
        }

        return plan.End();
    }

    /// <summary>Returns the query of the lines of a range; its parameters are those of <see cref="Bind"/>.</summary>
    public static string Select(ItemRange range) => $"""
        SELECT d.day, {LineReader.Columns}
        FROM business_days d CROSS JOIN settlement_lines t ON t.run_id = d.run_id
        WHERE d.day BETWEEN ? AND ? AND d.state = 'published'
          {(range.From is null ? "" : "AND (t.meter, t.item_id) >= (?, ?)")} {(range.To is null ? "" : "AND (t.meter, t.item_id) < (?, ?)")}
        ORDER BY d.day, {LineReader.Order}
        """;

    public static void Bind(SqliteStatement statement, DateRange days, ItemRange range)
    {
        statement.Bind(1, DayText.From(days.First)).Bind(2, DayText.From(days.Last));
        var parameter = 3;
        foreach (var text in (range.From ?? []).Concat(range.To ?? []))
            statement.Bind(parameter++, text);
    }
}
