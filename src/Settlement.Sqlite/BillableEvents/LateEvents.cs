using Dapper;
using Microsoft.Data.Sqlite;
using Settlement.Calendars;
using Settlement.Sqlite.Database;

namespace Settlement.Sqlite.BillableEvents;

/// <summary>Which day counts stored events, where that is not their own.</summary>
internal static class LateEvents
{
    /// <summary>Events from before the first day that is ever closed are counted by it, as late.</summary>
    public static Task<int> PostEarlierAsync(SqliteConnection connection, SqliteTransaction transaction, DateOnly day, UtcRange range) =>
        connection.ExecuteAsync(
            "UPDATE billable_events SET counted_on = @day WHERE occurred_at < @start",
            new { day = DayText.From(day), start = UnixMicroseconds.From(range.Start) }, transaction);

    /// <summary>Every event counts for its own day again.</summary>
    public static Task<int> RevertAsync(SqliteConnection connection, SqliteTransaction transaction) =>
        connection.ExecuteAsync("UPDATE billable_events SET counted_on = NULL WHERE counted_on IS NOT NULL", transaction: transaction);
}
