using System.Text.Json;
using Settlements.Stores;

namespace Settlements;

/// <summary>Checks that a rate version was tried before it is approved. Thread-safe.</summary>
internal sealed class TrialCheck(IProposalStore proposals, SettlementPlan plan)
{
    /// <summary>
    /// Throws unless trials are not required, or a version with the same scope, table and currency priced lines in an approved trial.
    /// </summary>
    /// <param name="meter">The meter.</param>
    /// <param name="version">The version to approve. Its name and first day, and the rounding of its meter, are not compared.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="CorrectionRefusedException">Trials are required, and none of the version is approved.</exception>
    public async Task RequireAsync(string meter, RateVersion version, CancellationToken cancellationToken)
    {
        if (!plan.Corrections.RequireTrial)
            return;
        var key = Key(meter, version);
        var approved = await proposals.ListAsync(null, ProposalKind.Trial, ProposalState.Approved, int.MaxValue, cancellationToken)
            .ConfigureAwait(false);
        string? untried = null;
        foreach (var trial in approved)
        {
            var content = Content(trial);
            if (content.Versions.Any(tried => tried.SequenceEqual(key, StringComparer.Ordinal)))
                return;
            if (content.NewVersions?.Any(v => new[] { v.Meter, v.Scope, v.Definition }.SequenceEqual(key, StringComparer.Ordinal)) == true)
            {
                untried ??= FormattableString.Invariant($" It priced no line of {Approval.Name(trial)}, ")
                    + FormattableString.Invariant($"on {content.First:O}..{content.Last:O}.");
            }
        }

        throw new CorrectionRefusedException(
            $"{RateTexts.Name(meter, version.Scope, version.Version)} has no approved trial in which it priced lines, and "
            + $"Corrections.RequireTrial is set.{untried} Compare [{key[2]}] with Trials.CompareAsync and TrialCandidate.OfProposal, or "
            + "'settlement trial --proposal', on days on which it has usage; propose the report, and have it approved.");
    }

    /// <summary>Returns the meter, scope and definition by which a version is found.</summary>
    public static string[] Key(string meter, RateVersion version) =>
        [meter, version.Scope, FormattableString.Invariant($"{version.Table}; {version.Currency.Code} {version.Currency.MinorUnitDigits}")];

    public static TrialContent Content(Proposal trial) => JsonSerializer.Deserialize(trial.Content, TrialJson.Default.TrialContent)
        ?? throw new InvalidOperationException(FormattableString.Invariant(
            $"Proposal {trial.ProposalId} has no content: its row was changed by hand. Restore it from a backup."));
}
