using Settlement.Calendars;
using Settlement.Sums;

namespace Settlement.Sqlite.Connections;

/// <summary>Reading what is published: days lead to runs, and runs to their rows. CROSS JOIN keeps SQLite on that way.</summary>
internal static class PublishedRows
{
    /// <summary>Rows of a table by day, meter, item and payee; the first column is the day.</summary>
    public static string Select(string columns, string table, ItemFilter filter, string thenBy = "t.payee_id") => $"""
        SELECT d.day, {columns}
        FROM business_days d CROSS JOIN {table} t ON t.run_id = d.run_id
        WHERE d.day BETWEEN @first AND @last AND d.state = 'published'{Condition(filter)}
        ORDER BY d.day, t.meter, t.item_id, t.payee_id{(thenBy == "t.payee_id" ? "" : $", {thenBy}")}
        """;

    public static object Parameters(DateRange days, ItemFilter filter) => new
    {
        first = DayText.From(days.First),
        last = DayText.From(days.Last),
        meter = filter.Meter,
        item = filter.ItemId,
        payee = filter.PayeeId,
    };

    private static string Condition(ItemFilter filter) =>
        (filter.Meter is null ? "" : " AND t.meter = @meter")
        + (filter.ItemId is null ? "" : " AND t.item_id = @item")
        + (filter.PayeeId is null ? "" : " AND t.payee_id = @payee");
}
