using Microsoft.Extensions.Options;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Output;
using Settlement.SampleHost.Reports;
using Settlements;

namespace Settlement.SampleHost.Rates;

/// <summary>
/// Drafts of rate versions: one admin proposes a version, it is tried on published days, and another admin approves it. Thread-safe.
/// </summary>
internal sealed class RateDrafts(SettlementEngine engine, Periods periods, IOptions<RateTrialOptions> options)
{
    public const int NameLengthMax = 64;
    public const int ReasonLengthMax = 256;

    /// <summary>The number of drafts on the page of rates.</summary>
    private const int HistoryMax = 20;

    /// <summary>The limits of the differences.</summary>
    public RateTrialOptions Gate => options.Value;

    /// <summary>Returns the priced meters, those of views before those of ads.</summary>
    public static IReadOnlyList<string> Meters { get; } = [PlatformMeters.Views, PlatformMeters.AdViews];

    /// <summary>Returns the approved versions of a meter, in the order of their first days.</summary>
    public async Task<IReadOnlyList<ListedRate>> ListAsync(string meter, CancellationToken cancellationToken) =>
        [.. (await engine.Rates.ListAsync(meter, cancellationToken)).Where(r => r.State != RateState.Proposed)];

    /// <summary>Returns the latest drafts of all meters, newest first.</summary>
    public async Task<IReadOnlyList<RateDraft>> ListDraftsAsync(CancellationToken cancellationToken)
    {
        var rates = await engine.Rates.ListAsync(cancellationToken: cancellationToken);
        return [.. (await engine.Rates.ListHistoryAsync(HistoryMax, cancellationToken)).Select(p => RateDraft.Of(p, rates))];
    }

    /// <summary>Returns a draft.</summary>
    public async Task<RateDraft> FindAsync(long proposalId, CancellationToken cancellationToken)
    {
        if (await engine.FindProposalAsync(proposalId, cancellationToken) is not { Kind: ProposalKind.RateVersion } found)
            throw PlatformException.NotFound("draft", Text.Number(proposalId));
        return RateDraft.Of(found, await engine.Rates.ListAsync(cancellationToken: cancellationToken));
    }

    /// <summary>Prices the published usage of a period by another table, over the real counters. Stores nothing.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="scope">Empty for the meter; otherwise the item or payee of an override.</param>
    /// <param name="table">The table.</param>
    /// <param name="period">The period, of which the closed days are priced.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The report; null if no day of the period is closed.</returns>
    public async Task<TrialReport?> TryAsync(
        string meter, string scope, RateTable table, ReportPeriod period, CancellationToken cancellationToken) =>
        period.Closed is not { } days ? null : await RefusableAsync(() => engine.Trials.CompareAsync(
            TrialCandidate.OfVersion(meter, scope, table), days, Gate.ToGate(), cancellationToken: cancellationToken));

    /// <summary>Stores a draft. It prices nothing before another admin approves it.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="table">The table.</param>
    /// <param name="name">The name of the version.</param>
    /// <param name="firstDay">The first usage date that it prices, an open day.</param>
    /// <param name="reason">The reason.</param>
    /// <param name="by">The admin.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="supersedes">The version that it corrects, whose published days can be restated then; null or empty for none.</param>
    /// <exception cref="PlatformException">A field is invalid, or the version is refused.</exception>
    public async Task<Proposal> ProposeAsync(
        string meter, RateTable table, string? name, string? firstDay, string? reason, string by, CancellationToken cancellationToken,
        string? supersedes = null)
    {
        var errors = new FieldErrors();
        var version = name?.Trim() ?? "";
        if (version.Length is 0 or > NameLengthMax || !Users.VisibleText.IsVisible(version))
            errors.Add("name", $"The name has {version.Length} characters. Use 1 to {NameLengthMax} visible characters.");
        else if ((await engine.Rates.ListAsync(meter, cancellationToken)).Any(
            r => r.Version.Scope.Length == 0 && r.Version.Version == version))
            errors.Add("name", $"There is already a version '{version}'. Use another name: a version is never replaced.");
        var why = reason?.Trim() ?? "";
        if (why.Length is 0 or > ReasonLengthMax || !Users.VisibleText.IsVisible(why))
            errors.Add("reason", $"The reason has {why.Length} characters. Use 1 to {ReasonLengthMax} visible characters.");
        var corrected = string.IsNullOrEmpty(supersedes) ? null : supersedes;
        var first = await ReadFirstDayAsync(firstDay, corrected is not null, errors, cancellationToken);
        errors.ThrowIfAny();
        return await RefusableAsync(() => engine.Rates.ProposeAsync(
            new RateChange(meter, version, first, Currency.KRW, table, supersedes: corrected), why, by, cancellationToken));
    }

    /// <summary>
    /// Approves a draft, by another admin than the one who proposed it. The trial that the admin has seen is repeated: its figures must be
    /// the same, and within the gate unless the admin overrides it.
    /// </summary>
    /// <param name="draft">The draft.</param>
    /// <param name="hash">The hash of the draft that the admin has seen.</param>
    /// <param name="trialHash">The hash of the trial that the admin has seen.</param>
    /// <param name="period">The period of the trial.</param>
    /// <param name="overridesGate">Whether a trial beyond the gate is accepted.</param>
    /// <param name="by">The admin.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="PlatformException">The draft can't be approved by this admin, or not with this trial.</exception>
    public async Task ApproveAsync(
        RateDraft draft, string? hash, string? trialHash, ReportPeriod period, bool overridesGate, string by,
        CancellationToken cancellationToken)
    {
        if (draft.Proposal.State != ProposalState.Proposed)
            throw PlatformException.Conflict("The draft is decided", "It was approved or withdrawn in the meantime. Reload the page.");
        if (draft.Proposal.ProposedBy == by)
            throw PlatformException.Conflict(
                "Another admin has to approve it", "You proposed this draft. Ask another admin to approve it.");
        if (draft.Version is { } version)
            await RequireTrialAsync(draft, version, trialHash, period, overridesGate, cancellationToken);
        await RefusableAsync(() => engine.Rates.ApproveAsync(draft.Proposal.ProposalId, hash ?? "", by, cancellationToken));
    }

    /// <summary>Withdraws a draft that is not approved.</summary>
    public async Task WithdrawAsync(long proposalId, CancellationToken cancellationToken)
    {
        if (!await RefusableAsync(() => engine.Rates.WithdrawAsync(proposalId, cancellationToken)))
            throw PlatformException.Conflict("The draft is decided", "It was approved or withdrawn in the meantime. Reload the page.");
    }

    private async Task RequireTrialAsync(
        RateDraft draft, RateVersion version, string? trialHash, ReportPeriod period, bool overridesGate,
        CancellationToken cancellationToken)
    {
        var report = await TryAsync(draft.Meter, draft.Scope, version.Table, period, cancellationToken)
            ?? throw PlatformException.BadRequest("No day of this period is closed. Try the draft on a period with closed days.");
        if (report.Hash != trialHash)
        {
            throw PlatformException.Conflict(
                "The trial has changed", "The published days or the gate changed since the trial was displayed. Check the new figures.");
        }

        if (!report.Passes && !overridesGate)
        {
            throw PlatformException.Conflict(
                "The gate refuses the trial", "Confirm that you approve the draft in spite of the differences, or withdraw it.");
        }
    }

    private async Task<DateOnly> ReadFirstDayAsync(
        string? text, bool isCorrection, FieldErrors errors, CancellationToken cancellationToken)
    {
        try
        {
            var day = Periods.ReadDay(text, "firstDay");
            if (!isCorrection && (await periods.FindClosedAsync(cancellationToken))?.Last is { } last && day <= last)
                errors.Add("firstDay", $"{Text.Day(day)} is closed, and a closed day never changes. Use "
                    + $"{Text.Day(last.AddDays(1))} or later.");
            return day;
        }
        catch (PlatformException e)
        {
            errors.Add("firstDay", e.Detail);
            return default;
        }
    }

    /// <summary>Turns what the library refuses into an error that pages display.</summary>
    private static async Task<T> RefusableAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception e) when (e is CorrectionRefusedException or CloseRefusedException)
        {
            throw PlatformException.Conflict("Refused", e.Message);
        }
    }
}
