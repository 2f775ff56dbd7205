using Microsoft.Data.Sqlite;

namespace Settlements.Sqlite;

/// <summary>How often a published day was adjusted: of two adjustments that were computed from the same lines, one is made.</summary>
internal static class DayRevision
{
    /// <returns>Whether the day is published and was adjusted as often as given; then it is adjusted once more.</returns>
    public static bool Advance(SqliteConnection connection, DateOnly day, int revision)
    {
        using var advance = new SqliteStatement(
            connection, "UPDATE business_days SET revision = revision + 1 WHERE day = ? AND state = 'published' AND revision = ?");
        return advance.Bind(1, DayText.From(day)).Bind(2, revision).Execute() == 1;
    }
}
