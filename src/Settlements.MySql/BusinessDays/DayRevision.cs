using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>How often a published day was adjusted: of two adjustments that were computed from the same lines, one is made.</summary>
internal static class DayRevision
{
    /// <returns>Whether the day is published and was adjusted as often as given; then it is adjusted once more.</returns>
    public static async Task<bool> AdvanceAsync(
        MySqlConnection connection, MySqlTransaction transaction, DateOnly day, int revision, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE business_days SET revision = revision + 1 WHERE day = @day AND state = 'published' AND revision = @revision",
            new { day = Sql.Day(day), revision }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false) == 1;
}
