using Microsoft.Data.Sqlite;

namespace Settlements.Sqlite;

/// <summary>
/// The number of adjustments of a published day. It is an optimistic lock: of two adjustments computed from the same lines, only one is
/// stored.
/// </summary>
internal static class DayRevision
{
    /// <summary>Increments the revision of a published day if it has the given value.</summary>
    /// <returns>Whether the day is published and had that revision.</returns>
    public static bool Advance(SqliteConnection connection, DateOnly day, int revision)
    {
        using var advance = new SqliteStatement(
            connection, "UPDATE business_days SET revision = revision + 1 WHERE day = ? AND state = 'published' AND revision = ?");
        return advance.Bind(1, DayText.From(day)).Bind(2, revision).Execute() == 1;
    }
}
