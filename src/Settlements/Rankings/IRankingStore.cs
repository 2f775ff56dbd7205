using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The port of the rankings. Owner of the table rankings.</summary>
[Experimental("SETTLE001")]
public interface IRankingStore : IRunRows
{
    /// <summary>The rankings that were kept with a published day.</summary>
    /// <param name="transaction">The transaction that publishes the next day.</param>
    /// <param name="day">The published day.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Of all periods and meters, each by place.</returns>
    Task<IReadOnlyList<StoredRank>> ListByDayAsync(DbTransaction transaction, DateOnly day, CancellationToken cancellationToken);

    /// <summary>The items of a run, by their quantity.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="quantityMin">Only items with at least so many units.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The greatest first; ties by the lower item id, by bytes.</returns>
    Task<IReadOnlyList<ItemQuantity>> TopOfRunAsync(
        DbTransaction transaction, long runId, string meter, long quantityMin, int count, CancellationToken cancellationToken);

    /// <summary>Sums some items over published days and a run.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="days">The published days, both ends included; null for the run alone.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="itemIds">The items.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Those that have lines there, in any order.</returns>
    Task<IReadOnlyList<ItemQuantity>> SumItemsAsync(
        DbTransaction transaction, long runId, DateRange? days, string meter, IReadOnlyList<string> itemIds, CancellationToken cancellationToken);

    /// <summary>Ranks all items of published days and a run.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="days">The published days, both ends included.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The greatest first; ties by the lower item id, by bytes. The payee is that of the item's last day.</returns>
    Task<IReadOnlyList<ItemQuantity>> TopOfPeriodAsync(
        DbTransaction transaction, long runId, DateRange days, string meter, int count, CancellationToken cancellationToken);

    /// <summary>Writes the rankings of a run; readers see them when it is published.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="ranks">The places.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When they are written.</returns>
    Task WriteAsync(DbTransaction transaction, long runId, IReadOnlyList<StoredRank> ranks, CancellationToken cancellationToken);

    /// <summary>The kept ranking of a period: that of its last published day.</summary>
    /// <param name="period">Day, week or month.</param>
    /// <param name="days">The period's days.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="count">At most so many, and no more than were kept.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The items, first place first.</returns>
    Task<IReadOnlyList<RankedItem>> ReadAsync(
        CalendarPeriod period, DateRange days, string meter, int count, CancellationToken cancellationToken);

    /// <summary>Ranks the published lines of some days.</summary>
    /// <param name="days">Both ends included.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="payeeId">Only what counted for this payee; null for everybody's.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The items, first place first.</returns>
    Task<IReadOnlyList<RankedItem>> ComputeAsync(
        DateRange days, string meter, string? payeeId, int count, CancellationToken cancellationToken);
}

/// <summary>A place in a ranking that is kept with a day.</summary>
/// <param name="Period">Day, week or month.</param>
/// <param name="Meter">The meter.</param>
/// <param name="Item">The place.</param>
[Experimental("SETTLE001")]
public sealed record StoredRank(CalendarPeriod Period, string Meter, RankedItem Item);

/// <summary>The units of an item.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">Its payee on its last day; the last by bytes where it had several.</param>
/// <param name="Quantity">Units.</param>
[Experimental("SETTLE001")]
public sealed record ItemQuantity(string ItemId, string PayeeId, long Quantity);
