using System.Text.Json;
using Settlements.Stores;

namespace Settlements;

/// <summary>Checks that a rate version was tried before it is approved. Thread-safe.</summary>
internal sealed class TrialCheck(IProposalStore proposals, SettlementPlan plan)
{
    /// <summary>
    /// Throws unless trials are not required, or an approved trial has a version with the same scope, table and currency.
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
        if (!approved.Any(trial => Content(trial).Versions.Any(tried => tried.SequenceEqual(key, StringComparer.Ordinal))))
        {
            throw new CorrectionRefusedException(
                $"Rate table '{meter}' {(version.Scope.Length == 0 ? "" : version.Scope + " ")}{version.Version} has no approved trial, "
                + $"and Corrections.RequireTrial is set. Compare [{key[2]}] with Trials.CompareAsync, propose the report, and have it "
                + "approved.");
        }
    }

    /// <summary>Returns the meter, scope and definition by which a version is found.</summary>
    public static string[] Key(string meter, RateVersion version) =>
        [meter, version.Scope, FormattableString.Invariant($"{version.Table}; {version.Currency.Code} {version.Currency.MinorUnitDigits}")];

    public static TrialContent Content(Proposal trial) => JsonSerializer.Deserialize(trial.Content, TrialJson.Default.TrialContent)
        ?? throw new InvalidOperationException(FormattableString.Invariant(
            $"Proposal {trial.ProposalId} has no content: its row was changed by hand. Restore it from a backup."));
}
