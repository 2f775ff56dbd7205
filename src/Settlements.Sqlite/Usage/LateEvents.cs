using Dapper;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Which day counts stored events, where that is not their own.</summary>
internal static class LateEvents
{
    /// <summary>Events from before the first day that is ever closed are counted by it, as late.</summary>
    public static Task<int> PostEarlierAsync(SqliteConnection connection, SqliteTransaction transaction, DateOnly day, UtcRange range) =>
        connection.ExecuteAsync(
            "UPDATE usage_events SET posting_date = @day WHERE occurred_at < @start",
            new { day = DayText.From(day), start = UnixMicroseconds.From(range.Start) }, transaction);

    /// <summary>Every event counts for its own day again.</summary>
    public static Task<int> RevertAsync(SqliteConnection connection, SqliteTransaction transaction) =>
        connection.ExecuteAsync("UPDATE usage_events SET posting_date = NULL WHERE posting_date IS NOT NULL", transaction: transaction);
}
