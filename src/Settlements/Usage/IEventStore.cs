using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The port of the library's event table.</summary>
[Experimental("SETTLE001")]
public interface IEventStore
{
    /// <summary>
    /// Stores a batch in one transaction: all events except conflicts, or none when there are too many conflicts or the call throws. An
    /// event that is already stored, or occurs earlier in the batch, is a duplicate when its content is the same and a conflict when its
    /// content differs; neither changes anything. An event whose usage date is closing or published is stored and, in the same
    /// transaction, recorded as late, with the first open day as its posting date.
    /// </summary>
    /// <param name="batch">The events; not changed.</param>
    /// <param name="conflictsMax">
    /// The maximum number of conflicts with which the rest of the batch is stored, 0 or more. With more, the transaction is rolled back.
    /// </param>
    /// <param name="cancellationToken">Cancels before the commit; no event of the batch is stored then.</param>
    /// <returns>
    /// The outcome: <see cref="StoredBatch.Stored"/>, <see cref="StoredBatch.Duplicates"/> and the number of
    /// <see cref="StoredBatch.Conflicts"/> add up to the batch's count. When the batch was rolled back because of conflicts, the counts
    /// are 0 and the conflicts are the first <paramref name="conflictsMax"/> + 1 in the order of the batch.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="conflictsMax"/> is negative.</exception>
    Task<StoredBatch> StoreAsync(EventBatch batch, int conflictsMax, CancellationToken cancellationToken);

    /// <summary>
    /// Stores a batch like <see cref="StoreAsync"/> and returns the outcome of each event, for live writes. May be slower than
    /// <see cref="StoreAsync"/> when some events are already stored.
    /// </summary>
    /// <param name="batch">As for <see cref="StoreAsync"/>.</param>
    /// <param name="conflictsMax">As for <see cref="StoreAsync"/>.</param>
    /// <param name="cancellationToken">As for <see cref="StoreAsync"/>.</param>
    /// <returns>As <see cref="StoreAsync"/>, with <see cref="StoredBatch.Outcomes"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="conflictsMax"/> is negative.</exception>
    Task<StoredBatch> StoreWithOutcomesAsync(EventBatch batch, int conflictsMax, CancellationToken cancellationToken);

    /// <summary>
    /// Stores a batch like <see cref="StoreWithOutcomesAsync"/>, without conflicts, in a transaction that the caller commits. Late events
    /// are detected, and no day starts to close until the transaction ends. With a conflict, or when the call throws, no event of the
    /// batch is in the transaction, which remains usable.
    /// </summary>
    /// <param name="transaction">A transaction of the store's driver, on the store's file or on a database of the store's server.</param>
    /// <param name="batch">The events; not changed.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>As <see cref="StoreWithOutcomesAsync"/>; effective when the transaction is committed.</returns>
    /// <exception cref="ArgumentException">
    /// The transaction is of another driver, has ended, or has an isolation level or settings that are not supported.
    /// </exception>
    Task<StoredBatch> StoreInTransactionAsync(DbTransaction transaction, EventBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// Lists the events of a meter, item and payee that have a reason or a reference, ordered by instant, then by the bytes of the id.
    /// </summary>
    /// <param name="meter">The meter. It is compared by bytes, like the other ids.</param>
    /// <param name="itemId">The item.</param>
    /// <param name="payeeId">The payee.</param>
    /// <param name="range">The range of instants, half-open.</param>
    /// <param name="countMax">The maximum number of events to return, 1 or more.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The events, without those of dropped partitions.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="countMax"/> is less than 1.</exception>
    Task<IReadOnlyList<EventNote>> ListNotesAsync(
        string meter, string itemId, string payeeId, UtcRange range, int countMax, CancellationToken cancellationToken);
}

/// <summary>The outcome of storing a batch.</summary>
[Experimental("SETTLE001")]
public sealed class StoredBatch(int stored, int duplicates, int late, IReadOnlyList<EventConflict> conflicts)
{
    /// <summary>The number of new events, late ones included.</summary>
    public int Stored { get; } = stored;

    /// <summary>The number of events that were already stored, or occur earlier in the batch, with the same content.</summary>
    public int Duplicates { get; } = duplicates;

    /// <summary>
    /// The number of the stored events that are posted to the first open day because their usage date is closing or published.
    /// </summary>
    public int Late { get; } = late;

    /// <summary>
    /// The events whose id is already stored, or occurs earlier in the batch, with different content; in the order of the batch.
    /// </summary>
    public IReadOnlyList<EventConflict> Conflicts { get; } = conflicts;

    /// <summary>
    /// Gets the outcome of each event, in the order of the batch; <see langword="null"/> for a conflict. Empty after
    /// <see cref="IEventStore.StoreAsync"/>, and when the batch was rolled back because of conflicts.
    /// </summary>
    public IReadOnlyList<EventOutcome?> Outcomes { get; init; } = [];
}

/// <summary>An event whose id is already used by an event with different content.</summary>
[Experimental("SETTLE001")]
public sealed class EventConflict(int index, UsageEvent stored)
{
    /// <summary>The index of the new event in its batch.</summary>
    public int Index { get; } = index;

    /// <summary>The stored event, or the earlier event of the same batch.</summary>
    public UsageEvent Stored { get; } = stored;
}
