using System.Data.Common;
using static System.FormattableString;

namespace Settlements;

/// <content>The checks of new versions.</content>
public sealed partial class RateCatalog
{
    private const string NotUsed =
        "Rates of the store are not used. Call RatesFromStore(), or set \"ratesFromStore\": true in the settlement file.";

    /// <summary>Throws unless versions and ends can be added to the rates.</summary>
    /// <param name="added">The versions and ends.</param>
    /// <param name="isProposed">Whether they are only proposed: then they may need others that are proposed and not approved.</param>
    /// <param name="source">The rates of the application's source, which may take long to read: outside of the transaction.</param>
    /// <param name="transaction">The transaction that approves them; null for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    private async Task RequireValidAsync(
        IReadOnlyList<StoredRate> added, bool isProposed, IReadOnlyList<MeterRates> source, DbTransaction? transaction,
        CancellationToken cancellationToken)
    {
        var errors = await FindErrorsAsync(added, isProposed, source, transaction, cancellationToken).ConfigureAwait(false);
        if (errors.Count > 0)
            throw new CorrectionRefusedException(string.Join(' ', errors));
    }

    private async Task<IReadOnlyList<string>> FindErrorsAsync(
        IReadOnlyList<StoredRate> added, bool isProposed, IReadOnlyList<MeterRates> source, DbTransaction? transaction,
        CancellationToken cancellationToken)
    {
        if (!_plan.RatesFromStore)
            return [NotUsed];
        var settings = await _settings.RequireAsync(cancellationToken, transaction, source).ConfigureAwait(false);
        var waiting = isProposed
            ? await _rates.ListAsync(transaction, ProposalState.Proposed, cancellationToken).ConfigureAwait(false) : [];
        var errors = added.SelectMany(rate => ErrorsOf(rate, settings, waiting)).ToList();
        return errors.Count > 0 ? errors : await FindMergeErrorsAsync(
            added, waiting, settings, source, transaction, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Returns the errors of the combination with all versions: names, gaps, superseded versions, meters. A proposed version may depend on
    /// another one that waits.
    /// </summary>
    private async Task<IReadOnlyList<string>> FindMergeErrorsAsync(
        IReadOnlyList<StoredRate> added, IReadOnlyList<StoredRate> waiting, Settings settings, IReadOnlyList<MeterRates> source,
        DbTransaction? transaction, CancellationToken cancellationToken)
    {
        var approved = await _rates.ListAsync(transaction, ProposalState.Approved, cancellationToken).ConfigureAwait(false);
        var outdated = added.Select(rate => FindLaterEnd(rate, approved)).OfType<string>().ToList();
        if (outdated.Count > 0)
            return outdated;
        var found = RateMerger.Merge(_plan, source, [.. approved, .. added]).Errors;
        if (found.Count > 0)
        {
            return waiting.Count > 0 && RateMerger.Merge(_plan, source, [.. approved, .. waiting, .. added]).Errors.Count == 0 ? [] : found;
        }

        // Then in the order in which the rates are read, which is that of the proposals.
        var merged = RateMerger.Merge(
            _plan, source, [.. approved.Concat(added).OrderBy(r => r.Proposal.ProposalId is 0 ? long.MaxValue : r.Proposal.ProposalId)]);
        return merged.Errors.Count > 0 ? merged.Errors : FindChanges(merged, settings);
    }

    /// <summary>Returns an error if a later proposal to end the same version is approved already: its date takes precedence.</summary>
    private static string? FindLaterEnd(StoredRate rate, IReadOnlyList<StoredRate> approved)
    {
        var later = rate.Version is not null || rate.Proposal.ProposalId == 0 ? null
            : approved.FirstOrDefault(a => a.Version is null && Key(a) == Key(rate) && a.Proposal.ProposalId > rate.Proposal.ProposalId);
        return later is null ? null
            : $"{Approval.Name(later.Proposal)}, which was proposed later, ends {RateTexts.Name(rate.Meter, rate.Scope, rate.Name)} on "
                + Invariant($"{later.LastDay:O}. Withdraw this proposal, and propose the end again.");
    }

    /// <summary>Returns an error for each version that has priced published days and would have another definition.</summary>
    private static IReadOnlyList<string> FindChanges(MergedRates merged, Settings settings) => RateChanges.Find(
        settings.Rates, merged.Definitions, settings.LastPublished?.Day, settings.LateMeters().ToHashSet(StringComparer.Ordinal),
        merged.EarlierForms);

    private IEnumerable<string> ErrorsOf(StoredRate rate, Settings settings, IReadOnlyList<StoredRate> waiting)
    {
        var name = RateTexts.Name(rate.Meter, rate.Scope, rate.Name);
        if (!_plan.Rates.ContainsKey(rate.Meter) && !_plan.UnpricedMeters.Contains(rate.Meter, StringComparer.Ordinal))
        {
            yield return $"Meter '{rate.Meter}' is not declared, so that its events are rejected. Declare it "
                + $"with Meter(\"{rate.Meter}\"), or "
                + "correct the name.";
            yield break;
        }

        if (waiting.FirstOrDefault(w => w.Version is not null && rate.Version is not null && Key(w) == Key(rate)) is { } same)
            yield return $"{name} is already proposed by {Approval.Name(same.Proposal)}. Withdraw that one, or use another name.";
        if (waiting.FirstOrDefault(w => w.Version is null && rate.Version is null && Key(w) == Key(rate)) is { } end)
            yield return $"The end of {name} is already proposed by {Approval.Name(end.Proposal)}. Approve or withdraw that one first.";
        if (rate.Rounding is { } rounding && settings.MeterRates.GetValueOrDefault(rate.Meter) is { } meter && meter.Rounding != rounding
            && settings.Rates.Any(r => r.IsPriced && r.Meter == rate.Meter))
        {
            yield return $"{name} is rounded {RateJson.Name(rounding)}, and the versions that have priced published days "
                + $"{RateJson.Name(meter.Rounding)}. Propose it without a rounding: all versions of a meter have the same one.";
        }

        var existing = settings.MeterRates.GetValueOrDefault(rate.Meter)?.FindByName(rate.Scope, rate.Name);
        if (rate.Version is { } version)
        {
            if (existing is not null)
                yield return $"{name} exists already as [{existing}]. Use another name; a version is never replaced.";
            if (settings.LastPublished is { } last && version.Supersedes is null && version.FirstDay <= last.Day)
            {
                yield return Invariant(
                    $"{name} starts on {version.FirstDay:O}, but days through {last.Day:O} are published and immutable. ")
                    + Invariant($"Propose it with the first day {last.Day.AddDays(1):O} or later; or let it supersede the version that it ")
                    + "corrects (supersedes), and restate the published days.";
            }
        }
        else if (existing is null)
        {
            yield return $"{name} does not exist, so that it can't be ended. Call ListAsync for the versions.";
        }
        else if (rate.LastDay < existing.FirstDay)
        {
            yield return Invariant(
                $"{name} can't end on {rate.LastDay:O}, before its first day {existing.FirstDay:O}. Use that day or a later one.");
        }
        else if (settings.LastPublished is { } last && rate.LastDay < last.Day)
        {
            yield return Invariant(
                $"{name} can't end on {rate.LastDay:O}: days through {last.Day:O} are published and immutable. End it on ")
                + Invariant($"{last.Day:O} or later; or propose a version that supersedes it, and restate the published days.");
        }
        else if (existing.LastDay <= settings.LastPublished?.Day.AddDays(-1))
        {
            yield return Invariant(
                $"{name} has ended on {existing.LastDay:O}, and later days are published with other versions. Propose a ")
                + "new version.";
        }
    }

    private static (string, string, string) Key(StoredRate rate) => (rate.Meter, rate.Scope, rate.Name);
}
