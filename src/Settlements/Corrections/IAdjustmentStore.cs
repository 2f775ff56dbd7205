using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>Stores adjustments. Owner of the table adjustments.</summary>
[Experimental("SETTLE001")]
public interface IAdjustmentStore
{
    /// <summary>Returns the adjustments that are posted on a day.</summary>
    /// <param name="postingDate">The posting date.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The adjustments, ordered by usage date, then meter, item and payee by bytes.</returns>
    Task<IReadOnlyList<Adjustment>> ListPostedOnAsync(DateOnly postingDate, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the adjustments of a usage date, of all posting dates, including those that were accepted without posting.
    /// </summary>
    /// <param name="usageDate">The published day.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The number of times that the day was adjusted, and the adjustments.</returns>
    Task<(int Revision, IReadOnlyList<Adjustment> Adjustments)> ListByUsageDateAsync(
        DateOnly usageDate, CancellationToken cancellationToken);

    /// <summary>
    /// Adds adjustments of a published day, to be counted by the first open day, in one transaction that is serialized with closes.
    /// </summary>
    /// <param name="usageDate">The published day.</param>
    /// <param name="revision">The number of times that it was adjusted when the adjustments were computed.</param>
    /// <param name="posted">The adjustments to post; <see cref="Adjustment.PostingDate"/> is ignored.</param>
    /// <param name="accepted">The adjustments to accept without posting.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <returns>The posting date; null, and nothing is written, when the day was adjusted in the meantime.</returns>
    Task<DateOnly?> AddAsync(
        DateOnly usageDate, int revision, IReadOnlyList<Adjustment> posted, IReadOnlyList<Adjustment> accepted,
        CancellationToken cancellationToken);
}
