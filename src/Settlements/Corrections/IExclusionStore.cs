using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>An event of the library's table that a filter matches.</summary>
/// <param name="EventId">The id of the event.</param>
/// <param name="OccurredAt">The instant, UTC.</param>
/// <param name="Meter">The meter.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee.</param>
/// <param name="Quantity">The units.</param>
/// <param name="ExcludedBy">The exclusion that excludes it; null for none.</param>
[Experimental("SETTLE001")]
public sealed record MatchedEvent(
    Guid EventId, DateTimeOffset OccurredAt, string Meter, string ItemId, string PayeeId, long Quantity, long? ExcludedBy);

/// <summary>An excluded event.</summary>
/// <param name="EventId">The excluded event.</param>
/// <param name="ExclusionEventId">The posted event with the negative quantity.</param>
[Experimental("SETTLE001")]
public readonly record struct ExcludedEvent(Guid EventId, Guid ExclusionEventId);

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
