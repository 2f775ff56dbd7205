using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Queries of the published lines of ranges of items.</summary>
internal static class LineRanges
{
    public static async Task<IReadOnlyList<string>> PlanAsync(
        MySqlConnection connection, DateRange days, int linesMax, CancellationToken cancellationToken)
    {
        var plan = new LineRangePlan(linesMax);
        var reader = await connection.ExecuteReaderAsync(new CommandDefinition(
            """
            SELECT t.meter, t.item_id, COUNT(*)
            FROM business_days d STRAIGHT_JOIN settlement_lines t FORCE INDEX (PRIMARY) ON t.run_id = d.run_id
            WHERE d.day BETWEEN @first AND @last AND d.state = 'published'
            GROUP BY t.meter, t.item_id ORDER BY t.meter, t.item_id
            """,
            new { first = Sql.Day(days.First), last = Sql.Day(days.Last) }, cancellationToken: cancellationToken)).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            plan.Add(reader.Text(0), reader.Text(1), reader.GetInt64(2));
        return plan.End();
    }

    /// <summary>
    /// Returns the condition of a range. A comparison of rows, (meter, item_id) &gt;= (…), would not be used as a range of the key.
    /// </summary>
    public static string Condition(ItemRange range) => Condition(range.From, ">", ">=") + Condition(range.To, "<", "<");

    private static string Condition(string[]? bound, string meter, string item) => bound is null ? ""
        : $" AND (t.meter {meter} {Sql.Literal(bound[0])}"
            + $" OR (t.meter = {Sql.Literal(bound[0])} AND t.item_id {item} {Sql.Literal(bound[1])}))";
}
