using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The port of the library's own event table.</summary>
[Experimental("SETTLE001")]
public interface IEventStore
{
    /// <summary>
    /// Stores a batch in one transaction: all of it but its conflicts or, when they are too many or this throws, none. An event that is
    /// stored already, or came earlier in the batch, with the same content is a duplicate and changes nothing; with another content it is a
    /// conflict and changes nothing either. An event whose day is closing or published is stored and, in the same transaction, noted as
    /// late, with the first open day as the day that counts it.
    /// </summary>
    /// <param name="batch">The events; not changed.</param>
    /// <param name="conflictsMax">
    /// The most conflicts with which the rest of the batch is still stored, 0 or more. With one more, the transaction is rolled back.
    /// </param>
    /// <param name="cancellationToken">Stops before the commit; then nothing of the batch is stored.</param>
    /// <returns>
    /// What became of each event: <see cref="StoredBatch.Stored"/>, <see cref="StoredBatch.Duplicates"/> and the number of
    /// <see cref="StoredBatch.Conflicts"/> add up to the batch's count. When the batch was rolled back for its conflicts, the counts are 0
    /// and the conflicts are the first <paramref name="conflictsMax"/> + 1 in the order of the batch.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="conflictsMax"/> is negative.</exception>
    Task<StoredBatch> StoreAsync(EventBatch batch, int conflictsMax, CancellationToken cancellationToken);

    /// <summary>
    /// The same, and says of each event what became of it: for events that somebody waits for. May take longer than
    /// <see cref="StoreAsync"/> when some of them are known already.
    /// </summary>
    /// <param name="batch">As for <see cref="StoreAsync"/>.</param>
    /// <param name="conflictsMax">As for <see cref="StoreAsync"/>.</param>
    /// <param name="cancellationToken">As for <see cref="StoreAsync"/>.</param>
    /// <returns>As <see cref="StoreAsync"/>, with <see cref="StoredBatch.Outcomes"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="conflictsMax"/> is negative.</exception>
    Task<StoredBatch> StoreWithOutcomesAsync(EventBatch batch, int conflictsMax, CancellationToken cancellationToken);

    /// <summary>
    /// As <see cref="StoreWithOutcomesAsync"/> without conflicts, in a transaction of the caller's, who commits it: what is late is found out, and no day
    /// begins to close until it ends. With a conflict, or when this throws, nothing of the batch is in the transaction, which goes on otherwise.
    /// </summary>
    /// <param name="transaction">A transaction of the store's driver, on the store's file or on a database of its server.</param>
    /// <param name="batch">The events; not changed.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <returns>As <see cref="StoreWithOutcomesAsync"/>, for when it is committed.</returns>
    /// <exception cref="ArgumentException">The transaction is of another driver or at an end, or its settings are not such that events are safe.</exception>
    Task<StoredBatch> StoreInTransactionAsync(DbTransaction transaction, EventBatch batch, CancellationToken cancellationToken);

    /// <summary>The events of one meter, item and payee that have a reason or a reference, ordered by instant, then by the bytes of the id.</summary>
    /// <param name="meter">The meter, compared by bytes, as the other ids.</param>
    /// <param name="itemId">The item.</param>
    /// <param name="payeeId">The payee.</param>
    /// <param name="range">The instants, half-open.</param>
    /// <param name="countMax">The most that are returned, 1 or more: the first ones.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The events; none of those whose partition was dropped.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="countMax"/> is less than 1.</exception>
    Task<IReadOnlyList<EventNote>> ListNotesAsync(
        string meter, string itemId, string payeeId, UtcRange range, int countMax, CancellationToken cancellationToken);
}

/// <summary>What became of a batch.</summary>
/// <param name="Stored">Events that are new in the store, late ones included.</param>
/// <param name="Duplicates">Events that were stored already, or came earlier in the batch, with the same content.</param>
/// <param name="Late">Of the stored ones, those that the first open day counts because their own day is closed.</param>
/// <param name="Conflicts">
/// Events whose id is stored already, or came earlier in the batch, with another content; in the order of the batch.
/// </param>
[Experimental("SETTLE001")]
public sealed record StoredBatch(int Stored, int Duplicates, int Late, IReadOnlyList<EventConflict> Conflicts)
{
    /// <summary>
    /// What became of each event, in the order of the batch, <see langword="null"/> for a conflict. Empty unless
    /// <see cref="IEventStore.StoreWithOutcomesAsync"/> was asked, and when the batch was rolled back for its conflicts.
    /// </summary>
    public IReadOnlyList<EventOutcome?> Outcomes { get; init; } = [];
}

/// <summary>An id that came with another content than it has already.</summary>
/// <param name="Index">The place of the coming event in its batch.</param>
/// <param name="Stored">The event as it is stored, or as it came earlier in the same batch.</param>
[Experimental("SETTLE001")]
public sealed record EventConflict(int Index, UsageEvent Stored);
