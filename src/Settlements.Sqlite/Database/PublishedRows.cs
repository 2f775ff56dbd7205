namespace Settlements.Sqlite;

/// <summary>Builds queries for the rows of published days.</summary>
/// <remarks>CROSS JOIN fixes SQLite's join order: published days first, then the rows of their runs.</remarks>
internal static class PublishedRows
{
    private const string SelectEstimated = """
        SELECT e.day, e.run_id, 'published' AS state FROM estimates e
        WHERE NOT EXISTS (SELECT 1 FROM business_days p WHERE p.day = e.day AND p.state = 'published')
        """;

    /// <summary>The published days.</summary>
    public const string Days = "business_days";

    /// <summary>The days of the current estimate that are not published.</summary>
    public const string EstimatedDays = $"({SelectEstimated})";

    /// <summary>Both.</summary>
    public const string PublishedAndEstimatedDays =
        $"(SELECT day, run_id, state FROM business_days WHERE state = 'published' UNION ALL {SelectEstimated})";

    /// <summary>
    /// Returns a query for rows of a table, ordered by day and then by <paramref name="order"/>. Its first column is the day.
    /// </summary>
    /// <remarks>The parameters are the first and the last day, then the filter's ids.</remarks>
    public static string Select(string columns, string table, ItemFilter filter, string order, string days = Days) => $"""
        SELECT d.day, {columns}
        FROM {days} d CROSS JOIN {table} t ON t.run_id = d.run_id
        WHERE d.day BETWEEN ? AND ? AND d.state = 'published'{Condition(filter)}
        ORDER BY d.day, {order}
        """;

    /// <summary>Binds the parameters of <see cref="Select"/>.</summary>
    public static void Bind(SqliteStatement statement, DateRange days, ItemFilter filter)
    {
        statement.Bind(1, DayText.From(days.First)).Bind(2, DayText.From(days.Last));
        var parameter = 3;
        foreach (var id in (string?[])[filter.Meter, filter.ItemId, filter.PayeeId])
        {
            if (id is not null)
                statement.Bind(parameter++, id);
        }
    }

    private static string Condition(ItemFilter filter) =>
        (filter.Meter is null ? "" : " AND t.meter = ?")
        + (filter.ItemId is null ? "" : " AND t.item_id = ?")
        + (filter.PayeeId is null ? "" : " AND t.payee_id = ?");
}
