using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// The number of adjustments of a published day: of two adjustments that were computed from the same lines, only one is made.
/// </summary>
internal static class DayRevision
{
    /// <summary>Increments the revision if it is the expected one.</summary>
    /// <returns>Whether the day is published and had the expected revision.</returns>
    public static async Task<bool> AdvanceAsync(
        MySqlConnection connection, MySqlTransaction transaction, DateOnly day, int revision, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE business_days SET revision = revision + 1 WHERE day = @day AND state = 'published' AND revision = @revision",
            new { day = Sql.Day(day), revision }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false) == 1;
}
