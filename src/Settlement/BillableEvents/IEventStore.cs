namespace Settlement.BillableEvents;

/// <summary>The port of the library's own event table.</summary>
public interface IEventStore
{
    /// <summary>
    /// Stores a batch in one transaction: all of it or, when this throws, none. An event that is stored already with the same content is a
    /// duplicate and changes nothing. An event whose day is closing or published is stored and, in the same transaction, noted as late, with
    /// the first open day as the day that counts it.
    /// </summary>
    /// <param name="batch">The events; not changed.</param>
    /// <param name="conflicts">What happens when an id is stored already with another content.</param>
    /// <param name="cancellationToken">Stops before the commit; then nothing of the batch is stored.</param>
    /// <returns>
    /// What became of each event. When it holds conflicts and <paramref name="conflicts"/> is <see cref="ConflictHandling.RollBack"/>, nothing
    /// was stored and the counts are 0.
    /// </returns>
    Task<StoredBatch> StoreAsync(EventBatch batch, ConflictHandling conflicts, CancellationToken cancellationToken);
}

/// <summary>What a store does with a batch that holds an id which is stored already with another content.</summary>
public enum ConflictHandling
{
    /// <summary>Store nothing of the batch and report the first conflict.</summary>
    RollBack,

    /// <summary>Store the rest of the batch and report every conflict.</summary>
    Skip,
}

/// <summary>What became of a batch.</summary>
/// <param name="Stored">Events that are new in the store, late ones included.</param>
/// <param name="Duplicates">Events that were stored already, or came earlier in the batch, with the same content.</param>
/// <param name="Late">Of the stored ones, those that the first open day counts because their own day is closed.</param>
/// <param name="Conflicts">Events whose id is stored with another content, in the order of the batch.</param>
public sealed record StoredBatch(int Stored, int Duplicates, int Late, IReadOnlyList<EventConflict> Conflicts);

/// <summary>An id that came with another content than it is stored with.</summary>
/// <param name="Index">The place of the coming event in its batch.</param>
/// <param name="Stored">The event as it is stored.</param>
public sealed record EventConflict(int Index, BillableEvent Stored);
