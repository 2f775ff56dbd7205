using System.Data.Common;
using Settlement.Calendars;

namespace Settlement.Rankings;

/// <summary>The port of the rankings.</summary>
public interface IRankingStore
{
    /// <summary>Ranks the items of a day, and of its week and month up to it; readers see it when the run is published.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="day">The day.</param>
    /// <param name="week">Its week.</param>
    /// <param name="month">Its month.</param>
    /// <param name="sizeMax">How many places are kept of each meter and period.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <returns>When it is written.</returns>
    Task WriteAsync(
        DbTransaction transaction, long runId, DateOnly day, DateRange week, DateRange month, int sizeMax, CancellationToken cancellationToken);

    /// <summary>The kept ranking of a period: that of its last published day.</summary>
    /// <param name="period">Day, week or month.</param>
    /// <param name="days">The period's days.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="count">At most so many, and no more than were kept.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The items, first place first.</returns>
    Task<IReadOnlyList<RankedItem>> ReadAsync(
        CalendarPeriod period, DateRange days, string meter, int count, CancellationToken cancellationToken);

    /// <summary>Ranks the published totals of some days anew.</summary>
    /// <param name="days">Both ends included.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="payeeId">Only what counted for this payee; null for everybody's.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The items, first place first.</returns>
    Task<IReadOnlyList<RankedItem>> ComputeAsync(
        DateRange days, string meter, string? payeeId, int count, CancellationToken cancellationToken);
}

/// <summary>A place in a ranking.</summary>
/// <param name="Rank">From 1. Ties go to the item with the lower id, by bytes.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee of the item's last day in the period; the last by bytes where it had several.</param>
/// <param name="Quantity">Its units in the period.</param>
public sealed record RankedItem(int Rank, string ItemId, string PayeeId, long Quantity);
