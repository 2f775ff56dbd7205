using Dapper;

namespace Settlements.MySql;

/// <summary>Builds queries of published rows: from days to runs to their rows. STRAIGHT_JOIN enforces this join order.</summary>
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

    /// <summary>Returns the query of a table's rows, ordered by day, meter, item and payee; the first column is the day.</summary>
    public static string Select(string columns, string table, ItemFilter filter, string thenBy = "", string days = Days) => $"""
        SELECT d.day, {columns}
        FROM {days} d STRAIGHT_JOIN {table} t ON t.run_id = d.run_id
        WHERE d.day BETWEEN @first AND @last AND d.state = 'published'{Condition(filter)}
        ORDER BY d.day, t.meter, t.item_id, t.payee_id{thenBy}
        """;

    public static DynamicParameters Parameters(DateRange days, ItemFilter filter)
    {
        var parameters = new DynamicParameters();
        parameters.Add("first", Sql.Day(days.First));
        parameters.Add("last", Sql.Day(days.Last));
        parameters.Add("meter", filter.Meter);
        parameters.Add("item", filter.ItemId);
        parameters.Add("payee", filter.PayeeId);
        return parameters;
    }

    private static string Condition(ItemFilter filter) =>
        (filter.Meter is null ? "" : " AND t.meter = @meter")
        + (filter.ItemId is null ? "" : " AND t.item_id = @item")
        + (filter.PayeeId is null ? "" : " AND t.payee_id = @payee");
}
