namespace Settlements.Sqlite;

/// <summary>Reading what is published: days lead to runs, and runs to their rows. CROSS JOIN keeps SQLite on that way.</summary>
internal static class PublishedRows
{
    /// <summary>Rows of a table by day and by its key; the first column is the day. Parameters: first and last day, then those of the filter.</summary>
    public static string Select(string columns, string table, ItemFilter filter, string order) => $"""
        SELECT d.day, {columns}
        FROM business_days d CROSS JOIN {table} t ON t.run_id = d.run_id
        WHERE d.day BETWEEN ? AND ? AND d.state = 'published'{Condition(filter)}
        ORDER BY d.day, {order}
        """;

    /// <summary>Binds the parameters of <see cref="Select"/>.</summary>
    public static void Bind(SqliteStatement statement, DateRange days, ItemFilter filter)
    {
        statement.Bind(1, DayText.From(days.First)).Bind(2, DayText.From(days.Last));
        var place = 3;
        foreach (var id in (string?[])[filter.Meter, filter.ItemId, filter.PayeeId])
        {
            if (id is not null)
                statement.Bind(place++, id);
        }
    }

    private static string Condition(ItemFilter filter) =>
        (filter.Meter is null ? "" : " AND t.meter = ?")
        + (filter.ItemId is null ? "" : " AND t.item_id = ?")
        + (filter.PayeeId is null ? "" : " AND t.payee_id = ?");
}
