using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The port of adjustments. Owner of the table adjustments.</summary>
[Experimental("SETTLE001")]
public interface IAdjustmentStore
{
    /// <summary>The adjustments that a day counts.</summary>
    /// <param name="postingDate">The day.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>By usage date and by the bytes of meter, item and payee.</returns>
    Task<IReadOnlyList<Adjustment>> ListPostedOnAsync(DateOnly postingDate, CancellationToken cancellationToken);

    /// <summary>The adjustments of a published day's usage, whichever days count them, and those that were accepted.</summary>
    /// <param name="usageDate">The published day.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How often the day was adjusted, and the adjustments.</returns>
    Task<(int Revision, IReadOnlyList<Adjustment> Adjustments)> ListByUsageDateAsync(DateOnly usageDate, CancellationToken cancellationToken);

    /// <summary>
    /// Adds adjustments of a published day: those to be posted are counted by the first open day. One transaction, which no close comes between.
    /// </summary>
    /// <param name="usageDate">The published day.</param>
    /// <param name="revision">How often it was adjusted when they were computed.</param>
    /// <param name="posted">What is posted; <see cref="Adjustment.PostingDate"/> is not read.</param>
    /// <param name="accepted">What is accepted without posting.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <returns>The day that counts them; null, and nothing is written, when the day was adjusted in between.</returns>
    Task<DateOnly?> AddAsync(
        DateOnly usageDate, int revision, IReadOnlyList<Adjustment> posted, IReadOnlyList<Adjustment> accepted, CancellationToken cancellationToken);
}
