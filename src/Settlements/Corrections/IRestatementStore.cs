using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Settlements.Stores;

/// <summary>A restatement that was approved: the days that it covers, and from which posting date on. Immutable.</summary>
/// <param name="RestatementId">Its number.</param>
/// <param name="PostingDate">The day that posts its differences.</param>
/// <param name="Days">The restated days, both ends included.</param>
/// <param name="Versions">Meter, scope and name of the superseding rate versions that it applied.</param>
/// <param name="Sources">The definitions of the sources that it applied, as recorded; null where events were not read.</param>
[Experimental("SETTLE001")]
public sealed record ApprovedRestatement(
    long RestatementId, DateOnly PostingDate, DateRange Days, IReadOnlyList<(string Meter, string Scope, string Version)> Versions,
    string? Sources)
{
    /// <summary>Reads a proposal's content as it is stored.</summary>
    /// <param name="restatementId">Its number.</param>
    /// <param name="postingDate">The day that posts its differences.</param>
    /// <param name="content">The proposal's content.</param>
    /// <returns>The restatement.</returns>
    public static ApprovedRestatement Parse(long restatementId, DateOnly postingDate, string content)
    {
        var read = JsonSerializer.Deserialize(content, CorrectionJson.Default.RestatementContent)
            ?? throw new FormatException(FormattableString.Invariant($"Proposal {restatementId} has no content: its row was changed by hand."));
        return new ApprovedRestatement(
            restatementId, postingDate, new DateRange(read.First, read.Last), [.. read.Versions.Select(v => (v[0], v[1], v[2]))], read.Sources);
    }
}

/// <summary>The port of approved restatements, as closing and verifying read them.</summary>
[Experimental("SETTLE001")]
public interface IRestatementStore
{
    /// <summary>The restatements that were approved.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>By number.</returns>
    Task<IReadOnlyList<ApprovedRestatement>> ListApprovedAsync(CancellationToken cancellationToken);

    /// <summary>The differences that a day posts.</summary>
    /// <param name="postingDate">The day.</param>
    /// <param name="first">Only from this meter and item on, included; null for all.</param>
    /// <param name="last">Only up to this meter and item, included; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>By the bytes of meter and item.</returns>
    IAsyncEnumerable<RestatementEntry> ReadAsync(
        DateOnly postingDate, (string Meter, string ItemId)? first, (string Meter, string ItemId)? last, CancellationToken cancellationToken);
}
