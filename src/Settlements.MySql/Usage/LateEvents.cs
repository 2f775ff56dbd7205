using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Sets and resets the posting dates of stored events. The caller holds the writer lock exclusively.</summary>
internal static class LateEvents
{
    /// <summary>Posts the events before the first day that is ever closed to that day, as late usage.</summary>
    public static Task<int> PostEarlierAsync(MySqlConnection connection, MySqlTransaction transaction, DateOnly day, UtcRange range) =>
        connection.ExecuteAsync(
            """
            UPDATE usage_events SET posting_date = @day WHERE occurred_at < @start;
            INSERT INTO late_events (posting_date, occurred_at, event_id)
            SELECT posting_date, occurred_at, event_id FROM usage_events WHERE occurred_at < @start;
            """,
            new { day = Sql.Day(day), start = Sql.Instant(range.Start) }, transaction);

    /// <summary>Resets all posting dates to the usage dates.</summary>
    public static Task<int> RevertAsync(MySqlConnection connection, MySqlTransaction transaction) => connection.ExecuteAsync(
        """
        UPDATE late_events l STRAIGHT_JOIN usage_events e ON e.occurred_at = l.occurred_at AND e.event_id = l.event_id
            SET e.posting_date = NULL;
        DELETE FROM late_events;
        """,
        transaction: transaction);
}
