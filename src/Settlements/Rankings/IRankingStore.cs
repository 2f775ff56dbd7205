using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>Stores rankings. Owner of the table rankings.</summary>
[Experimental("SETTLE001")]
public interface IRankingStore : IRunRows
{
    /// <summary>Returns the rankings that were stored with a published day.</summary>
    /// <param name="transaction">The transaction that publishes the next day.</param>
    /// <param name="day">The published day.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The rankings of all periods and meters, each ordered by rank.</returns>
    Task<IReadOnlyList<StoredRank>> ListByDayAsync(DbTransaction transaction, DateOnly day, CancellationToken cancellationToken);

    /// <summary>Returns the items of a run with the greatest quantities.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="quantityMin">The minimum quantity of an item.</param>
    /// <param name="count">The maximum number of items.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The items, greatest quantity first; ties are ordered by item id, by bytes.</returns>
    Task<IReadOnlyList<ItemQuantity>> TopOfRunAsync(
        DbTransaction transaction, long runId, string meter, long quantityMin, int count, CancellationToken cancellationToken);

    /// <summary>Sums items over published days and a run.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="days">The published days, both ends included; null for only the run.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="itemIds">The items.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The items that have lines, in any order.</returns>
    Task<IReadOnlyList<ItemQuantity>> SumItemsAsync(
        DbTransaction transaction, long runId, DateRange? days, string meter, IReadOnlyList<string> itemIds,
        CancellationToken cancellationToken);

    /// <summary>Ranks all items of published days and a run.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="days">The published days, both ends included.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="count">The maximum number of items.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The items, greatest quantity first; ties are ordered by item id, by bytes. The payee is that of the last day of the item.
    /// </returns>
    Task<IReadOnlyList<ItemQuantity>> TopOfPeriodAsync(
        DbTransaction transaction, long runId, DateRange days, string meter, int count, CancellationToken cancellationToken);

    /// <summary>Writes the rankings of a run, which become visible to readers when the run is published.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="ranks">The ranks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are written.</returns>
    Task WriteAsync(DbTransaction transaction, long runId, IReadOnlyList<StoredRank> ranks, CancellationToken cancellationToken);

    /// <summary>Returns the stored ranking of a period: that of its last published day.</summary>
    /// <param name="period">Day, week or month.</param>
    /// <param name="days">The days of the period.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="count">The maximum number of items; no more than were stored are returned.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The items, ordered by rank.</returns>
    Task<IReadOnlyList<RankedItem>> ReadAsync(
        CalendarPeriod period, DateRange days, string meter, int count, CancellationToken cancellationToken);

    /// <summary>Ranks the items of the published lines of days.</summary>
    /// <param name="days">The posting dates, both ends included.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="payeeId">Only lines of this payee; null for all payees.</param>
    /// <param name="count">The maximum number of items.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The items, ordered by rank.</returns>
    Task<IReadOnlyList<RankedItem>> ComputeAsync(
        DateRange days, string meter, string? payeeId, int count, CancellationToken cancellationToken);
}

/// <summary>A rank that is stored with a published day.</summary>
[Experimental("SETTLE001")]
public sealed class StoredRank(CalendarPeriod period, string meter, RankedItem item)
{
    /// <summary>Day, week or month.</summary>
    public CalendarPeriod Period { get; } = period;

    /// <summary>The meter.</summary>
    public string Meter { get; } = meter;

    /// <summary>The ranked item.</summary>
    public RankedItem Item { get; } = item;
}

/// <summary>The quantity of an item.</summary>
[Experimental("SETTLE001")]
public sealed class ItemQuantity(string itemId, string payeeId, long quantity)
{
    internal ItemQuantity(ItemQuantity other)
        : this(other.ItemId, other.PayeeId, other.Quantity)
    {
    }

    /// <summary>The item.</summary>
    public string ItemId { get; internal init; } = itemId;

    /// <summary>The payee on the last day of the item; the last by bytes if there were several.</summary>
    public string PayeeId { get; internal init; } = payeeId;

    /// <summary>The units.</summary>
    public long Quantity { get; internal init; } = quantity;
}
