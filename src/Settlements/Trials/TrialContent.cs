using System.Text.Json.Serialization;

namespace Settlements;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TrialContent))]
internal sealed partial class TrialJson : JsonSerializerContext;

/// <summary>The stored content of a proposed trial.</summary>
/// <param name="First">The first day.</param>
/// <param name="Last">The last day, included.</param>
/// <param name="Versions">
/// The meter, scope and definition of each version that the trial lets be approved: those that priced lines. Also that of a candidate of
/// one version without usage, whose report is only proposed with an override.
/// </param>
/// <param name="NewVersions">The new versions of the candidate, with the lines that they priced.</param>
/// <param name="Totals">The amounts of each currency.</param>
/// <param name="TotalPercentMax">The limit of the totals.</param>
/// <param name="PayeePercentMax">The limit of each payee.</param>
/// <param name="PayeeAmountMin">The amount up to which a payee is not compared.</param>
/// <param name="ViolationsCount">The number of violations.</param>
/// <param name="IsOverridden">Whether the report is proposed in spite of the violations.</param>
internal sealed record TrialContent(
    DateOnly First, DateOnly Last, IReadOnlyList<string[]> Versions, IReadOnlyList<TrialContentVersion>? NewVersions,
    IReadOnlyList<TrialContentTotal> Totals, decimal? TotalPercentMax, decimal? PayeePercentMax, decimal? PayeeAmountMin,
    long ViolationsCount, bool IsOverridden)
{
    public static TrialContent From(TrialReport report) => new(
        report.Days.First, report.Days.Last,
        [.. report.Versions.Where(v => v.Lines > 0 || report.IsOneVersion).Select(v => TrialCheck.Key(v.Meter, v.Version))],
        [.. report.NewVersions.Select(v => new TrialContentVersion(
            v.Meter, v.Version.Scope, v.Version.Version, v.Version.FirstDay, TrialCheck.Key(v.Meter, v.Version)[2], v.Lines))],
        [.. report.Totals.Select(t => new TrialContentTotal(t.Currency.Code, t.Before, t.After, t.Payees.Count))],
        report.Gate?.TotalPercentMax, report.Gate?.PayeePercentMax, report.Gate?.PayeeAmountMin, report.ViolationsCount, !report.Passes);
}

/// <summary>A new version of a candidate, as stored.</summary>
internal sealed record TrialContentVersion(string Meter, string Scope, string Version, DateOnly From, string Definition, long Lines);

/// <summary>The stored amounts of a trial in one currency.</summary>
internal sealed record TrialContentTotal(string Currency, decimal Before, decimal After, int Payees);
