using System.Text.Json;

namespace Settlements;

/// <summary>The parsed content of a proposal of a rate version: a version to add, or the end of an existing one. Immutable.</summary>
/// <param name="Proposal">The proposal.</param>
/// <param name="Meter">The meter.</param>
/// <param name="Scope">The scope.</param>
/// <param name="Name">The name of the version.</param>
/// <param name="Version">The version to add; null for an end.</param>
/// <param name="Rounding">The rounding of a meter that has no rates in code; null when it was not given.</param>
/// <param name="LastDay">The last day of the existing version, for an end.</param>
internal sealed record StoredRate(
    Proposal Proposal, string Meter, string Scope, string Name, RateVersion? Version, Rounding? Rounding, DateOnly? LastDay)
{
    /// <summary>Returns the content of a proposal to add a version.</summary>
    public static string Content(RateChange change) => RateJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("meter", change.Meter);
        json.WriteString("scope", change.Version.Scope);
        if (change.Rounding is { } rounding)
            json.WriteString("rounding", RateJson.Name(rounding));
        json.WritePropertyName("version");
        RateJson.WriteVersion(json, change.Version);
        json.WriteEndObject();
    });

    /// <summary>Returns the content of a proposal to end a version.</summary>
    public static string Content(string meter, string scope, string version, DateOnly lastDay) => RateJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("meter", meter);
        json.WriteString("scope", scope);
        json.WriteString("ends", version);
        json.WriteString("until", RateJson.Date(lastDay));
        json.WriteEndObject();
    });

    /// <exception cref="InvalidOperationException">The content is not one of a rate version: the row was changed.</exception>
    public static StoredRate Parse(Proposal proposal)
    {
        var errors = new FileErrors(FormattableString.Invariant($"proposal {proposal.ProposalId}"));
        try
        {
            using var document = JsonDocument.Parse(proposal.Content);
            using var content = new FileValue(errors, "$", document.RootElement).Object("storedRate");
            if (content is not null && Read(proposal, content, errors) is { } rate && errors.All.Count == 0)
                return rate;
        }
        catch (JsonException e)
        {
            errors.Add("$", FileErrors.Reason(e));
        }

        throw new InvalidOperationException(
            $"The content of a rate version can't be read: {string.Join(' ', errors.All)} Restore the row of proposals.");
    }

    private static StoredRate? Read(Proposal proposal, FileObject content, FileErrors errors)
    {
        var (meter, scope) = (content.Require("meter", "\"video.view\"")?.Text(), content.Require("scope", "\"\"")?.PossiblyEmptyText());
        var rounding = content.Find("rounding")?.Choice(
            ("truncating", Settlements.Rounding.Truncating), ("cumulative", Settlements.Rounding.Cumulative));
        if (meter is null || scope is null)
            return null;
        if (content.Find("ends")?.Text() is { } ended)
            return content.Require("until", "\"2024-12-31\"")?.Date() is { } day
                ? new(proposal, meter, scope, ended, null, null, day) : null;
        if (content.Require("version", "{ … }") is not { } value || VersionReader.Read(value) is not { } file)
            return null;
        var version = file.ToVersion(meter, scope, out var problems);
        foreach (var problem in problems)
            errors.Add("$.version", problem);
        return version is null ? null : new(proposal, meter, scope, version.Version, version, rounding, null);
    }
}
