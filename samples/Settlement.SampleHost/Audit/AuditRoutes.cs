using Microsoft.AspNetCore.Http.HttpResults;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Audit;

/// <summary>The endpoint <c>/api/audit</c>: what admins did; admins only.</summary>
internal static class AuditRoutes
{
    public static void MapAudit(this IEndpointRouteBuilder api) => api.MapGet("/audit", ListAsync).WithTags("Audit")
        .RequireAuthorization(Roles.Admin).WithSummary("List what admins did, newest first");

    private static async Task<Ok<Page<Entry>>> ListAsync(
        AuditTable table, CancellationToken cancellationToken, string? after = null, int count = Paging.CountDefault) => TypedResults.Ok(
        Page.Of(
            [.. (await table.ListAsync(after, Paging.Validate(count), cancellationToken)).Select(
                e => new Entry(e.AuditId, e.Instant, e.UserId, e.Action, e.ReadFields(), e.Status))],
            count, e => e.Id));

    /// <summary>An action.</summary>
    /// <param name="Id">The id, ordered by time.</param>
    /// <param name="At">When it began.</param>
    /// <param name="UserId">The admin.</param>
    /// <param name="Action">What was done.</param>
    /// <param name="Fields">The fields of the request.</param>
    /// <param name="Status">The status of the response; null if the process ended before it.</param>
    internal sealed record Entry(
        string Id, DateTimeOffset At, string UserId, string Action, IReadOnlyDictionary<string, string> Fields, long? Status);
}
