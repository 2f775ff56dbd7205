using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>An event of the library's table that a filter matches.</summary>
[Experimental("SETTLE001")]
public sealed class MatchedEvent(
    Guid eventId, DateTimeOffset occurredAt, string meter, string itemId, string payeeId, long quantity, long? excludedBy)
{
    /// <summary>The id of the event.</summary>
    public Guid EventId { get; } = eventId;

    /// <summary>The instant, UTC.</summary>
    public DateTimeOffset OccurredAt { get; } = occurredAt;

    /// <summary>The meter.</summary>
    public string Meter { get; } = meter;

    /// <summary>The item.</summary>
    public string ItemId { get; } = itemId;

    /// <summary>The payee.</summary>
    public string PayeeId { get; } = payeeId;

    /// <summary>The units.</summary>
    public long Quantity { get; } = quantity;

    /// <summary>The exclusion that excludes it; null for none.</summary>
    public long? ExcludedBy { get; } = excludedBy;
}

/// <summary>An excluded event.</summary>
[Experimental("SETTLE001")]
public readonly struct ExcludedEvent(Guid eventId, Guid exclusionEventId)
{
    /// <summary>The excluded event.</summary>
    public Guid EventId { get; } = eventId;

    /// <summary>The posted event with the negative quantity.</summary>
    public Guid ExclusionEventId { get; } = exclusionEventId;
}

/// <summary>Stores exclusions. Owner of the tables excluded_events and exclusion_entries.</summary>
[Experimental("SETTLE001")]
public interface IExclusionStore : IExcludedUsage
{
    /// <summary>Returns the events of the library's table that a filter matches, except events of exclusions and reinstatements.</summary>
    /// <param name="range">The range of instants, half-open.</param>
    /// <param name="filter">The meters, items, payees, ids and reference; its days are ignored.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The events, ordered by instant and id.</returns>
    IAsyncEnumerable<MatchedEvent> MatchAsync(UtcRange range, UsageFilter filter, CancellationToken cancellationToken);

    /// <summary>Records excluded events in the transaction that posts their negative quantity.</summary>
    /// <param name="transaction">The chunk's transaction.</param>
    /// <param name="proposalId">The exclusion.</param>
    /// <param name="events">The events.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are recorded.</returns>
    Task AddEventsAsync(
        DbTransaction transaction, long proposalId, IReadOnlyList<ExcludedEvent> events, CancellationToken cancellationToken);

    /// <summary>Returns the events that an exclusion excludes.</summary>
    /// <param name="proposalId">The exclusion.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The excluded events with their content, ordered by instant and id.</returns>
    IAsyncEnumerable<(ExcludedEvent Excluded, MatchedEvent Event)> ListEventsAsync(long proposalId, CancellationToken cancellationToken);

    /// <summary>Removes the records of excluded events in the transaction that reinstates them.</summary>
    /// <param name="transaction">The chunk's transaction.</param>
    /// <param name="events">The excluded events.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when the records are removed.</returns>
    Task RemoveEventsAsync(DbTransaction transaction, IReadOnlyList<Guid> events, CancellationToken cancellationToken);

    /// <summary>Records usage that is excluded as sums: rows of applications' tables, or a quantity.</summary>
    /// <param name="transaction">The chunk's transaction.</param>
    /// <param name="proposalId">The exclusion or reinstatement.</param>
    /// <param name="entries">The sums.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are recorded.</returns>
    Task AddEntriesAsync(
        DbTransaction transaction, long proposalId, IReadOnlyList<ExcludedUsage> entries, CancellationToken cancellationToken);

    /// <summary>Returns the sums that an exclusion excludes.</summary>
    /// <param name="proposalId">The exclusion.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The sums, ordered by usage date, meter, item and payee.</returns>
    Task<IReadOnlyList<ExcludedUsage>> ListEntriesAsync(long proposalId, CancellationToken cancellationToken);
}
