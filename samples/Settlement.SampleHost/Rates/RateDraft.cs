using System.Text.Json;
using Settlements;

namespace Settlement.SampleHost.Rates;

/// <summary>A draft of a rate version, in any state.</summary>
/// <param name="Proposal">Who proposed and who approved it, when and why.</param>
/// <param name="Meter">The meter.</param>
/// <param name="Scope">Empty for the meter; otherwise the item or payee of an override.</param>
/// <param name="Name">The name of the version that is added or ended.</param>
/// <param name="Version">The version; null if the draft was withdrawn, or ends a version.</param>
internal sealed record RateDraft(Proposal Proposal, string Meter, string Scope, string Name, RateVersion? Version)
{
    /// <summary>Reads the names of a proposal. Its content is JSON in the format of a settlement file.</summary>
    public static RateDraft Of(Proposal proposal, IEnumerable<ListedRate> rates)
    {
        using var content = JsonDocument.Parse(proposal.Content);
        var root = content.RootElement;
        var name = root.TryGetProperty("version", out var version) ? version.GetProperty("version") : root.GetProperty("ends");
        return new RateDraft(
            proposal, root.GetProperty("meter").GetString()!, root.GetProperty("scope").GetString()!, name.GetString()!,
            rates.FirstOrDefault(r => r.Proposal?.ProposalId == proposal.ProposalId)?.Version);
    }
}
