using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Marks the days whose events were dropped.</summary>
internal static class DroppedEvents
{
    /// <summary>Marks days.</summary>
    /// <returns>The number of marked days.</returns>
    public static Task<int> MarkAsync(
        MySqlConnection connection, MySqlTransaction transaction, DateOnly first, DateOnly last, DateTimeOffset now) =>
        connection.ExecuteAsync(
            "UPDATE business_days SET events_dropped_at = @now WHERE day BETWEEN @first AND @last AND events_dropped_at IS NULL",
            new { first = Sql.Day(first), last = Sql.Day(last), now = Sql.Instant(now) }, transaction);
}
