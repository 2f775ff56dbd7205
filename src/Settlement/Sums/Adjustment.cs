namespace Settlement.Sums;

/// <summary>Events that were found in a closed day after it was published, and are counted by a later one.</summary>
/// <param name="OwnDay">The closed day that they belong to.</param>
/// <param name="CountedOn">The day that counts them.</param>
/// <param name="Meter">What is counted.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee.</param>
/// <param name="Quantity">Units; negative for corrections.</param>
/// <param name="Events">How many events they are of.</param>
public sealed record Adjustment(
    DateOnly OwnDay, DateOnly CountedOn, string Meter, string ItemId, string PayeeId, long Quantity, long Events);

/// <summary>The port of adjustments.</summary>
public interface IAdjustmentStore
{
    /// <summary>The adjustments that a day counts.</summary>
    /// <param name="countedOn">The day.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The adjustments, by own day and by the bytes of meter, item and payee.</returns>
    Task<IReadOnlyList<Adjustment>> ListCountedOnAsync(DateOnly countedOn, CancellationToken cancellationToken);

    /// <summary>The adjustments of a closed day's events, whichever days count them.</summary>
    /// <param name="ownDay">The closed day.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>How often the day was adjusted, and the adjustments.</returns>
    Task<(int Revision, IReadOnlyList<Adjustment> Adjustments)> ListOfAsync(DateOnly ownDay, CancellationToken cancellationToken);

    /// <summary>
    /// Adds adjustments of a closed day, to be counted by the first open day. One transaction, which no close comes between.
    /// </summary>
    /// <param name="ownDay">The closed day.</param>
    /// <param name="revision">How often it was adjusted when they were computed.</param>
    /// <param name="found">What was found; <see cref="Adjustment.CountedOn"/> is not looked at.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    /// <returns>The day that counts them; null, and nothing is written, when the day was adjusted in between.</returns>
    Task<DateOnly?> AddAsync(DateOnly ownDay, int revision, IReadOnlyList<Adjustment> found, CancellationToken cancellationToken);
}
