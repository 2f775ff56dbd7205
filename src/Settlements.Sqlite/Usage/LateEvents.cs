using Dapper;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Sets the posting dates of stored events.</summary>
internal static class LateEvents
{
    /// <summary>Posts events before the first business day to it, as late usage.</summary>
    public static Task<int> PostEarlierAsync(SqliteConnection connection, SqliteTransaction transaction, DateOnly day, UtcRange range) =>
        connection.ExecuteAsync(
            "UPDATE usage_events SET posting_date = @day WHERE occurred_at < @start",
            new { day = DayText.From(day), start = UnixMicroseconds.From(range.Start) }, transaction);

    /// <summary>Posts every event to its usage date again.</summary>
    public static Task<int> RevertAsync(SqliteConnection connection, SqliteTransaction transaction) =>
        connection.ExecuteAsync("UPDATE usage_events SET posting_date = NULL WHERE posting_date IS NOT NULL", transaction: transaction);
}
