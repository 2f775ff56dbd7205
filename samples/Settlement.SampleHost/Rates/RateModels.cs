using Settlement.SampleHost.Hosting;
using Settlements;

namespace Settlement.SampleHost.Rates;

/// <summary>A tier of a rate table.</summary>
/// <param name="UpTo">The last unit of the tier, included; null for the last tier.</param>
/// <param name="Price">The price of a unit, or of a package, in KRW.</param>
internal sealed record Tier(long? UpTo, decimal Price);

/// <summary>A rate version.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="Scope">Empty for the meter; <c>item:ID</c> or <c>payee:ID</c> for an override.</param>
/// <param name="Version">The name.</param>
/// <param name="FirstDay">The first usage date that it prices.</param>
/// <param name="LastDay">The last usage date; null until the next version begins.</param>
/// <param name="Currency">The currency.</param>
/// <param name="Model">The pricing model.</param>
/// <param name="Counter">The period over which units are counted.</param>
/// <param name="Tiers">The tiers; of a flat or package table, one.</param>
/// <param name="UnitsPerPackage">The units of a package; 1 for the other models.</param>
/// <param name="State">Whether it prices usage.</param>
/// <param name="Supersedes">The version that it corrects; null for none.</param>
internal sealed record Rate(
    string Meter, string Scope, string Version, DateOnly FirstDay, DateOnly? LastDay, string Currency, RateMode Model,
    CounterPeriod Counter, IReadOnlyList<Tier> Tiers, long UnitsPerPackage, RateState State, string? Supersedes)
{
    public static Rate Of(ListedRate rate) => Of(rate.Meter, rate.Version, rate.State);

    public static Rate Of(string meter, RateVersion version, RateState state) => new(
        meter, version.Scope, version.Version, version.FirstDay, version.LastDay, version.Currency.Code, version.Table.Mode,
        version.Table.CounterPeriod, [.. version.Table.Tiers.Select(t => new Tier(t.UpTo, t.Price))], version.Table.UnitsPerPackage, state,
        version.Supersedes);
}

/// <summary>The total of a trial in a currency: published, and by the draft.</summary>
internal sealed record TrialSum(string Currency, decimal Before, decimal After, decimal? Percent);

/// <summary>A draft, tried on the closed days of a period.</summary>
/// <param name="First">The first tried day.</param>
/// <param name="Last">The last tried day.</param>
/// <param name="Totals">The totals.</param>
/// <param name="Passes">Whether the differences are within the gate.</param>
/// <param name="Violations">What exceeds the gate.</param>
/// <param name="Hash">The fingerprint of the trial, which its approval names.</param>
internal sealed record Trial(
    DateOnly First, DateOnly Last, IReadOnlyList<TrialSum> Totals, bool Passes, IReadOnlyList<string> Violations, string Hash)
{
    public static Trial Of(TrialReport report) => new(
        report.Days.First, report.Days.Last,
        [.. report.Totals.Select(t => new TrialSum(t.Currency.Code, t.Before, t.After, t.Percent))],
        report.Passes, report.Violations, report.Hash);
}

/// <summary>A draft of a rate version.</summary>
/// <param name="DraftId">The number of the draft.</param>
/// <param name="Meter">The meter.</param>
/// <param name="Version">The name of the version.</param>
/// <param name="State">The state.</param>
/// <param name="Reason">The reason.</param>
/// <param name="ProposedBy">The admin who proposed it.</param>
/// <param name="ProposedAt">When it was proposed.</param>
/// <param name="ApprovedBy">The admin who approved it; null if nobody has.</param>
/// <param name="ApprovedAt">When it was approved.</param>
/// <param name="Hash">The fingerprint of the draft, which its approval names.</param>
/// <param name="Rate">The version; null if the draft was withdrawn, or ends a version.</param>
/// <param name="Trial">The trial; null in lists, for decided drafts, and where no day of the period is closed.</param>
internal sealed record RateProposal(
    long DraftId, string Meter, string Version, ProposalState State, string Reason, string ProposedBy, DateTimeOffset ProposedAt,
    string? ApprovedBy, DateTimeOffset? ApprovedAt, string Hash, Rate? Rate, Trial? Trial)
{
    public static RateProposal Of(RateDraft draft, TrialReport? trial = null)
    {
        var p = draft.Proposal;
        var state = p.State == ProposalState.Proposed ? RateState.Proposed : RateState.Approved;
        return new RateProposal(
            p.ProposalId, draft.Meter, draft.Name, p.State, p.Reason, p.ProposedBy, p.ProposedAt, p.ApprovedBy, p.ApprovedAt, p.Hash,
            draft.Version is { } version ? Rate.Of(draft.Meter, version, state) : null, trial is null ? null : Trial.Of(trial));
    }
}

/// <summary>The body of a new draft.</summary>
/// <param name="Meter">The meter: <c>video.view</c> or <c>ad.view</c>.</param>
/// <param name="Version">The name of the version.</param>
/// <param name="FirstDay">The first usage date that it prices, yyyy-MM-dd: an open day, unless the draft corrects a version.</param>
/// <param name="Reason">The reason.</param>
/// <param name="Model">The pricing model; default graduated.</param>
/// <param name="Counter">The period over which units are counted; default lifetime.</param>
/// <param name="Tiers">The tiers; of a flat or package table, one.</param>
/// <param name="UnitsPerPackage">The units of a package, for the model package.</param>
/// <param name="Supersedes">The version that it corrects; null for none.</param>
internal sealed record DraftRequest(
    string? Meter, string? Version, string? FirstDay, string? Reason, RateMode? Model, CounterPeriod? Counter, IReadOnlyList<Tier>? Tiers,
    long? UnitsPerPackage, string? Supersedes)
{
    /// <summary>Returns the table.</summary>
    /// <exception cref="PlatformException">The table is invalid; all errors are named.</exception>
    public RateTable ToTable()
    {
        var model = Model ?? RateMode.Graduated;
        if (Tiers is not { Count: > 0 } tiers || tiers.Contains(null!))
            throw PlatformException.BadRequest("tiers is missing. Give at least one tier, for example [{ \"price\": 1.5 }].");
        if (model is RateMode.Flat or RateMode.Package && (tiers.Count > 1 || tiers[0].UpTo is not null))
            throw PlatformException.BadRequest("A flat or package table has one tier without upTo. Use the model graduated or volume.");
        try
        {
            RateTier[] valid = [.. tiers.Select(t => new RateTier(t.UpTo, t.Price))];
            var table = model switch
            {
                RateMode.Volume => RateTable.Volume(valid),
                RateMode.Flat => RateTable.Flat(tiers[0].Price),
                RateMode.Package => RateTable.Package(UnitsPerPackage ?? 0, tiers[0].Price),
                RateMode.Graduated => RateTable.Graduated(valid),
                _ => throw new NotSupportedException($"The pricing model {model} is not supported."),
            };
            return table.Over(Counter ?? CounterPeriod.Lifetime);
        }
        catch (RateTableException e)
        {
            throw PlatformException.BadRequest(string.Join(' ', e.Errors));
        }
    }
}

/// <summary>The body of an approval of a draft.</summary>
/// <param name="Hash">The fingerprint of the draft that the admin has seen.</param>
/// <param name="TrialHash">The fingerprint of the trial that the admin has seen, of the period in the query.</param>
/// <param name="OverridesGate">Whether a trial beyond the gate is accepted.</param>
internal sealed record DraftApproval(string? Hash, string? TrialHash, bool OverridesGate = false);
