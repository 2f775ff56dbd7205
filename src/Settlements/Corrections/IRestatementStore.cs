using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Settlements.Stores;

/// <summary>An approved restatement. Immutable.</summary>
[Experimental("SETTLE001")]
public sealed class ApprovedRestatement
{
    internal ApprovedRestatement(
        long restatementId, DateOnly postingDate, DateRange days,
        IReadOnlyList<(string Meter, string Scope, string Version)> versions, string? sources)
    {
        RestatementId = restatementId;
        PostingDate = postingDate;
        Days = days;
        Versions = versions;
        Sources = sources;
    }

    /// <summary>Its number.</summary>
    public long RestatementId { get; }

    /// <summary>The day whose close posts the differences.</summary>
    public DateOnly PostingDate { get; }

    /// <summary>The restated days, both ends included.</summary>
    public DateRange Days { get; }

    /// <summary>The meter, scope and name of each superseding rate version that it applies.</summary>
    public IReadOnlyList<(string Meter, string Scope, string Version)> Versions { get; }

    /// <summary>The definitions of the sources that it applies; null when events were not read.</summary>
    public string? Sources { get; }

    /// <summary>Parses the stored content of a proposal.</summary>
    /// <param name="restatementId">The number of the proposal.</param>
    /// <param name="postingDate">The day whose close posts the differences.</param>
    /// <param name="content">The content of the proposal.</param>
    /// <returns>The restatement.</returns>
    public static ApprovedRestatement Parse(long restatementId, DateOnly postingDate, string content)
    {
        var read = JsonSerializer.Deserialize(content, CorrectionJson.Default.RestatementContent)
            ?? throw new FormatException(FormattableString.Invariant(
                $"Proposal {restatementId} has no content: its row was changed by hand. Restore it from a backup."));
        return new ApprovedRestatement(
            restatementId, postingDate, new DateRange(read.First, read.Last), [.. read.Versions.Select(v => (v[0], v[1], v[2]))],
            read.Sources);
    }
}

/// <summary>Reads approved restatements for closing and verification.</summary>
[Experimental("SETTLE001")]
public interface IRestatementStore
{
    /// <summary>Returns the approved restatements.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The restatements, ordered by number.</returns>
    Task<IReadOnlyList<ApprovedRestatement>> ListApprovedAsync(CancellationToken cancellationToken);

    /// <summary>Returns the differences that a day posts.</summary>
    /// <param name="postingDate">The posting date.</param>
    /// <param name="first">The first meter and item, included; null for no lower bound.</param>
    /// <param name="last">The last meter and item, included; null for no upper bound.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The differences, ordered by meter and item, by bytes.</returns>
    IAsyncEnumerable<RestatementEntry> ReadAsync(
        DateOnly postingDate, (string Meter, string ItemId)? first, (string Meter, string ItemId)? last,
        CancellationToken cancellationToken);
}
