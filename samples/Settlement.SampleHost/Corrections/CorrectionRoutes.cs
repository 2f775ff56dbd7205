using Microsoft.AspNetCore.Http.HttpResults;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Reports;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Corrections;

/// <summary>Endpoints under <c>/api/corrections</c>: exclusions, restatements, and differences from the sources; admins only.</summary>
internal static class CorrectionRoutes
{
    public static void MapCorrections(this IEndpointRouteBuilder api)
    {
        var corrections = api.MapGroup("/corrections").WithTags("Corrections").RequireAuthorization(Roles.Admin);
        corrections.MapGet("/", ListAsync).WithSummary("List the latest corrections, newest first");
        corrections.MapGet("/findings", CompareAsync).WithSummary(
            "Compare the last closed days with their sources; nothing is changed");
        corrections.MapPost("/exclusions", ExcludeAsync).WithSummary("Propose to take out the usage of a video, a payee, or both");
        corrections.MapPost("/restatements", RestateAsync).WithSummary(
            "Propose to correct the published lines of some days by the rates and the usage of today");
        corrections.MapGet("/{correctionId}", FindAsync).WithSummary("Get a correction and its preview");
        corrections.MapPost("/{correctionId}/reinstatement", ReinstateAsync).WithSummary("Propose to reverse an exclusion");
        corrections.MapPost("/{correctionId}/approve", ApproveAsync).WithSummary(
            "Approve a correction of another admin, with its fingerprint; it is posted to the first open day");
        corrections.MapPost("/{correctionId}/withdraw", WithdrawAsync).WithSummary("Withdraw a correction that is not approved");
    }

    private static async Task<Ok<IEnumerable<Item>>> ListAsync(CorrectionDesk desk, CancellationToken cancellationToken) =>
        TypedResults.Ok((await desk.ListAsync(cancellationToken)).Select(Item.Of));

    private static async Task<Ok<Item>> FindAsync(long correctionId, CorrectionDesk desk, CancellationToken cancellationToken) =>
        TypedResults.Ok(Item.Of(await desk.FindAsync(correctionId, cancellationToken)));

    private static async Task<Ok<Comparison>> CompareAsync(CorrectionDesk desk, Periods periods, CancellationToken cancellationToken)
    {
        var report = await desk.CompareAsync(await periods.FindClosedAsync(cancellationToken), cancellationToken);
        return TypedResults.Ok(new Comparison(report?.Days ?? 0, report?.Findings ?? []));
    }

    private static async Task<Created<Item>> ExcludeAsync(
        Exclude? body, Caller caller, CorrectionDesk desk, CancellationToken cancellationToken) => await CreatedAsync(
        desk,
        await desk.ExcludeAsync(
            body?.First, body?.Last, body?.Video, body?.Payee, body?.Reason, caller.RequireUserId(), cancellationToken),
        cancellationToken);

    private static async Task<Created<Item>> RestateAsync(
        Restate? body, Caller caller, CorrectionDesk desk, CancellationToken cancellationToken) => await CreatedAsync(
        desk, await desk.RestateAsync(body?.First, body?.Last, body?.Reason, caller.RequireUserId(), cancellationToken), cancellationToken);

    private static async Task<Created<Item>> ReinstateAsync(
        long correctionId, Reinstate? body, Caller caller, CorrectionDesk desk, CancellationToken cancellationToken) => await CreatedAsync(
        desk,
        await desk.ReinstateAsync(
            await desk.FindAsync(correctionId, cancellationToken), body?.Reason, caller.RequireUserId(), cancellationToken),
        cancellationToken);

    private static async Task<Ok<Item>> ApproveAsync(
        long correctionId, Approve? body, Caller caller, CorrectionDesk desk, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(body?.Hash))
            throw PlatformException.BadRequest("hash is missing. Give that of the correction, which GET returns.");
        await desk.ApproveAsync(
            await desk.FindAsync(correctionId, cancellationToken), body.Hash, caller.RequireUserId(), cancellationToken);
        return TypedResults.Ok(Item.Of(await desk.FindAsync(correctionId, cancellationToken)));
    }

    private static async Task<Ok<Item>> WithdrawAsync(long correctionId, CorrectionDesk desk, CancellationToken cancellationToken)
    {
        await desk.WithdrawAsync((await desk.FindAsync(correctionId, cancellationToken)).Proposal, cancellationToken);
        return TypedResults.Ok(Item.Of(await desk.FindAsync(correctionId, cancellationToken)));
    }

    private static async Task<Created<Item>> CreatedAsync(CorrectionDesk desk, long correctionId, CancellationToken cancellationToken) =>
        TypedResults.Created($"/api/corrections/{correctionId}", Item.Of(await desk.FindAsync(correctionId, cancellationToken)));

    /// <summary>The body of an exclusion.</summary>
    /// <param name="First">The first usage date, included; yyyy-MM-dd.</param>
    /// <param name="Last">The last usage date, included.</param>
    /// <param name="Video">The video, with its placements; null for all videos of the payee.</param>
    /// <param name="Payee">The payee; null for all payees of the video.</param>
    /// <param name="Reason">The reason.</param>
    internal sealed record Exclude(string? First, string? Last, string? Video, string? Payee, string? Reason);

    /// <summary>The body of a restatement.</summary>
    /// <param name="First">The first usage date, included; yyyy-MM-dd.</param>
    /// <param name="Last">The last usage date, included.</param>
    /// <param name="Reason">The reason.</param>
    internal sealed record Restate(string? First, string? Last, string? Reason);

    internal sealed record Reinstate(string? Reason);

    /// <summary>The body of an approval.</summary>
    /// <param name="Hash">The fingerprint of the correction that the admin has seen.</param>
    internal sealed record Approve(string? Hash);

    /// <summary>A comparison of closed days with their sources.</summary>
    /// <param name="Days">The number of compared days.</param>
    /// <param name="Findings">The differences.</param>
    internal sealed record Comparison(int Days, IReadOnlyList<Finding> Findings);

    /// <summary>A correction and its preview.</summary>
    /// <param name="CorrectionId">The number of the correction.</param>
    /// <param name="Kind">The kind.</param>
    /// <param name="State">The state.</param>
    /// <param name="First">The first usage date; null if the process ended before the preview was stored.</param>
    /// <param name="Last">The last usage date.</param>
    /// <param name="Reason">The reason.</param>
    /// <param name="ProposedBy">The admin who proposed it.</param>
    /// <param name="ProposedAt">When it was proposed.</param>
    /// <param name="ApprovedBy">The admin who approved it; null if nobody has.</param>
    /// <param name="ApprovedAt">When it was approved.</param>
    /// <param name="PostingDate">The day to which it is posted; null before.</param>
    /// <param name="Amount">The difference of the amounts, if it were posted when it was proposed.</param>
    /// <param name="Currency">The currency of the amount.</param>
    /// <param name="PartsCount">The number of parts.</param>
    /// <param name="Parts">The first parts.</param>
    /// <param name="Hash">The fingerprint, which its approval names.</param>
    internal sealed record Item(
        long CorrectionId, ProposalKind Kind, ProposalState State, DateOnly? First, DateOnly? Last, string Reason, string ProposedBy,
        DateTimeOffset ProposedAt, string? ApprovedBy, DateTimeOffset? ApprovedAt, DateOnly? PostingDate, decimal? Amount, string Currency,
        long PartsCount, IReadOnlyList<CorrectionPart> Parts, string Hash)
    {
        public static Item Of(Correction correction)
        {
            var (p, seen) = (correction.Proposal, correction.Seen);
            return new Item(
                p.ProposalId, p.Kind, p.State, seen?.First, seen?.Last, p.Reason, p.ProposedBy, p.ProposedAt, p.ApprovedBy, p.ApprovedAt,
                p.PostingDate, seen?.AmountWon, PlatformMeters.CurrencyCode, seen?.PartsCount ?? 0, seen?.ReadParts() ?? [], p.Hash);
        }
    }
}
