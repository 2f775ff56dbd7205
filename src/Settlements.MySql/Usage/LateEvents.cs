using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Which day counts stored events, where that is not their own. The caller holds the locks of all writers.</summary>
internal static class LateEvents
{
    /// <summary>Events from before the first day that is ever closed are counted by it, as late.</summary>
    public static Task<int> PostEarlierAsync(MySqlConnection connection, MySqlTransaction transaction, DateOnly day, UtcRange range) =>
        connection.ExecuteAsync(
            """
            UPDATE usage_events SET posting_date = @day WHERE occurred_at < @start;
            INSERT INTO late_events (posting_date, occurred_at, event_id)
            SELECT posting_date, occurred_at, event_id FROM usage_events WHERE occurred_at < @start;
            """,
            new { day = Sql.Day(day), start = Sql.Instant(range.Start) }, transaction);

    /// <summary>Every event counts for its own day again.</summary>
    public static Task<int> RevertAsync(MySqlConnection connection, MySqlTransaction transaction) => connection.ExecuteAsync(
        """
        UPDATE late_events l STRAIGHT_JOIN usage_events e ON e.occurred_at = l.occurred_at AND e.event_id = l.event_id SET e.posting_date = NULL;
        DELETE FROM late_events;
        """,
        transaction: transaction);
}
