using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Marks the days whose events are gone.</summary>
internal static class DroppedEvents
{
    /// <returns>How many days were marked.</returns>
    public static Task<int> MarkAsync(MySqlConnection connection, MySqlTransaction transaction, DateOnly first, DateOnly last, DateTimeOffset now) =>
        connection.ExecuteAsync(
            "UPDATE business_days SET events_dropped_at = @now WHERE day BETWEEN @first AND @last AND events_dropped_at IS NULL",
            new { first = Sql.Day(first), last = Sql.Day(last), now = Sql.Instant(now) }, transaction);
}
