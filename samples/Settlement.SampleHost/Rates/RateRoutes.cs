using Microsoft.AspNetCore.Http.HttpResults;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Reports;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Rates;

/// <summary>Endpoints under <c>/api/rates</c>: rate versions and their drafts; admins only.</summary>
internal static class RateRoutes
{
    public static void MapRates(this IEndpointRouteBuilder api)
    {
        var rates = api.MapGroup("/rates").WithTags("Rates").RequireAuthorization(Roles.Admin);
        rates.MapGet("/", ListAsync).WithSummary("List the rate versions that price usage");
        rates.MapGet("/drafts", ListDraftsAsync).WithSummary("List the latest drafts of rate versions, newest first");
        rates.MapPost("/drafts", ProposeAsync).WithSummary("Propose a rate version; it prices nothing before another admin approves it");
        rates.MapGet("/drafts/{draftId}", FindAsync).WithSummary("Get a draft, tried on the closed days of a period");
        rates.MapPost("/drafts/{draftId}/approve", ApproveAsync).WithSummary(
            "Approve a draft of another admin, with the fingerprints of the draft and of its trial on the period");
        rates.MapPost("/drafts/{draftId}/withdraw", WithdrawAsync).WithSummary("Withdraw a draft that is not approved");
    }

    private static async Task<Ok<IEnumerable<Rate>>> ListAsync(SettlementEngine engine, CancellationToken cancellationToken) =>
        TypedResults.Ok((await engine.Rates.ListAsync(cancellationToken: cancellationToken))
            .Where(r => r.State != RateState.Proposed).Select(Rate.Of));

    private static async Task<Ok<IEnumerable<RateProposal>>> ListDraftsAsync(RateDrafts drafts, CancellationToken cancellationToken) =>
        TypedResults.Ok((await drafts.ListDraftsAsync(cancellationToken)).Select(d => RateProposal.Of(d)));

    private static async Task<Created<RateProposal>> ProposeAsync(
        DraftRequest? body, Caller caller, RateDrafts drafts, CancellationToken cancellationToken)
    {
        if (body?.Meter is not { } meter || !RateDrafts.Meters.Contains(meter))
            throw PlatformException.BadRequest($"meter is '{body?.Meter}'. Use {string.Join(" or ", RateDrafts.Meters)}.");
        var proposed = await drafts.ProposeAsync(
            meter, body.ToTable(), body.Version, body.FirstDay, body.Reason, caller.RequireUserId(), cancellationToken, body.Supersedes);
        var draft = RateProposal.Of(await drafts.FindAsync(proposed.ProposalId, cancellationToken));
        return TypedResults.Created($"/api/rates/drafts/{draft.DraftId}", draft);
    }

    private static async Task<Ok<RateProposal>> FindAsync(
        long draftId, RateDrafts drafts, Periods periods, [AsParameters] PeriodQuery period, CancellationToken cancellationToken)
    {
        var draft = await drafts.FindAsync(draftId, cancellationToken);
        var trial = draft is { Version: { } version, Proposal.State: ProposalState.Proposed }
            ? await drafts.TryAsync(
                draft.Meter, draft.Scope, version.Table, await periods.ReadAsync(period, cancellationToken), cancellationToken)
            : null;
        return TypedResults.Ok(RateProposal.Of(draft, trial));
    }

    private static async Task<Ok<RateProposal>> ApproveAsync(
        long draftId, DraftApproval? body, Caller caller, RateDrafts drafts, Periods periods, [AsParameters] PeriodQuery period,
        CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(body?.Hash))
            throw PlatformException.BadRequest("hash is missing. Give those of the draft and of its trial, which GET returns.");
        await drafts.ApproveAsync(
            await drafts.FindAsync(draftId, cancellationToken), body.Hash, body.TrialHash,
            await periods.ReadAsync(period, cancellationToken), body.OverridesGate, caller.RequireUserId(), cancellationToken);
        return TypedResults.Ok(RateProposal.Of(await drafts.FindAsync(draftId, cancellationToken)));
    }

    private static async Task<Ok<RateProposal>> WithdrawAsync(long draftId, RateDrafts drafts, CancellationToken cancellationToken)
    {
        await drafts.FindAsync(draftId, cancellationToken);
        await drafts.WithdrawAsync(draftId, cancellationToken);
        return TypedResults.Ok(RateProposal.Of(await drafts.FindAsync(draftId, cancellationToken)));
    }
}
