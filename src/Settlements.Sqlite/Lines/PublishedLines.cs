namespace Settlements.Sqlite;

/// <summary>Builds queries for the lines of published and of estimated days.</summary>
/// <remarks>CROSS JOIN fixes SQLite's join order: days first, then the lines of their runs.</remarks>
internal static class PublishedLines
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
    /// Returns a query for lines, ordered by day and then by <see cref="LineReader.Order"/>. Its first column is the day.
    /// </summary>
    /// <remarks>The parameters are the first and the last day, then the filter's ids.</remarks>
    public static string Select(ItemFilter filter, string days) => filter is { PayeeId: not null, ItemId: null }
        ? SelectOfPayee(filter, days)
        : $"""
        SELECT d.day, {LineReader.Columns}
        FROM {days} d CROSS JOIN settlement_lines t ON t.run_id = d.run_id
        WHERE d.day BETWEEN ? AND ? AND d.state = 'published'{Condition(filter)}
        ORDER BY d.day, {LineReader.Order}
        """;

    /// <summary>Lists the ranges of each day, from the last to the first, and finds the payee's lines in each range.</summary>
    private static string SelectOfPayee(ItemFilter filter, string days) => $"""
        WITH RECURSIVE ranges (day, run_id, item_range) AS (
            SELECT d.day, d.run_id,
                   (SELECT max(t.item_range) FROM settlement_lines t INDEXED BY settlement_lines_by_payee WHERE t.run_id = d.run_id)
            FROM {days} d WHERE d.day BETWEEN ? AND ? AND d.state = 'published'
            UNION ALL
            SELECT day, run_id, item_range - 1 FROM ranges WHERE item_range > 1)
        SELECT r.day, {LineReader.Columns}
        FROM ranges r CROSS JOIN settlement_lines t INDEXED BY settlement_lines_by_payee
            ON t.run_id = r.run_id AND t.item_range = r.item_range
        WHERE true{Condition(filter)}
        ORDER BY r.day, {LineReader.Order}
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
