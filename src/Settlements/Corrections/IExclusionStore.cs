using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>An event of the library's table that a filter matches.</summary>
/// <param name="EventId">Its id.</param>
/// <param name="OccurredAt">Its instant, UTC.</param>
/// <param name="Meter">Its meter.</param>
/// <param name="ItemId">Its item.</param>
/// <param name="PayeeId">Its payee.</param>
/// <param name="Quantity">Its units.</param>
/// <param name="ExcludedBy">The proposal that excludes it; null for none.</param>
[Experimental("SETTLE001")]
public sealed record MatchedEvent(
    Guid EventId, DateTimeOffset OccurredAt, string Meter, string ItemId, string PayeeId, long Quantity, long? ExcludedBy);

/// <summary>An excluded event.</summary>
/// <param name="EventId">The event that is taken out.</param>
/// <param name="ExclusionEventId">The event of the negative quantity that takes it out.</param>
[Experimental("SETTLE001")]
public readonly record struct ExcludedEvent(Guid EventId, Guid ExclusionEventId);

/// <summary>The port of exclusions. Owner of the tables excluded_events and exclusion_entries.</summary>
[Experimental("SETTLE001")]
public interface IExclusionStore : IExcludedUsage
{
    /// <summary>The events of the library's table that a filter matches; events that exclude or reinstate others are left out.</summary>
    /// <param name="range">The instants, half-open.</param>
    /// <param name="filter">Meters, items, payees, ids and reference.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Ordered by instant and id.</returns>
    IAsyncEnumerable<MatchedEvent> MatchAsync(UtcRange range, UsageFilter filter, CancellationToken cancellationToken);

    /// <summary>Records excluded events, in the transaction that posts their negative quantity.</summary>
    /// <param name="transaction">The chunk's transaction.</param>
    /// <param name="proposalId">The exclusion.</param>
    /// <param name="events">The events.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When they are recorded.</returns>
    Task AddEventsAsync(DbTransaction transaction, long proposalId, IReadOnlyList<ExcludedEvent> events, CancellationToken cancellationToken);

    /// <summary>The events that an exclusion takes out.</summary>
    /// <param name="proposalId">The exclusion.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>By instant and id of the excluded event, with its content.</returns>
    IAsyncEnumerable<(ExcludedEvent Excluded, MatchedEvent Event)> ListEventsAsync(long proposalId, CancellationToken cancellationToken);

    /// <summary>Forgets that events are excluded, in the transaction that reinstates them.</summary>
    /// <param name="transaction">The chunk's transaction.</param>
    /// <param name="events">The excluded events.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When it is done.</returns>
    Task RemoveEventsAsync(DbTransaction transaction, IReadOnlyList<Guid> events, CancellationToken cancellationToken);

    /// <summary>Records usage that is taken out as sums: rows of applications' tables, or a quantity.</summary>
    /// <param name="transaction">The chunk's transaction.</param>
    /// <param name="proposalId">The exclusion or reinstatement.</param>
    /// <param name="entries">The sums.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When they are recorded.</returns>
    Task AddEntriesAsync(DbTransaction transaction, long proposalId, IReadOnlyList<ExcludedUsage> entries, CancellationToken cancellationToken);

    /// <summary>The sums that an exclusion takes out.</summary>
    /// <param name="proposalId">The exclusion.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>By usage date, meter, item and payee.</returns>
    Task<IReadOnlyList<ExcludedUsage>> ListEntriesAsync(long proposalId, CancellationToken cancellationToken);
}
