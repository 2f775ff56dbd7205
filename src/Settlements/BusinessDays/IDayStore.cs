using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The port of the days' states. Owner of the table business_days.</summary>
[Experimental("SETTLE001")]
public interface IDayStore
{
    /// <summary>The last day that is closing or published.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The day, or null when all are open.</returns>
    Task<BusinessDay?> FindLastAsync(CancellationToken cancellationToken);

    /// <summary>The days that are closing or published.</summary>
    /// <param name="transaction">A transaction to read in; null for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The days, oldest first, without a gap.</returns>
    Task<IReadOnlyList<BusinessDay>> ListAsync(DbTransaction? transaction, CancellationToken cancellationToken);

    /// <summary>
    /// Turns an open day into a closing one: waits for writers under way, and those that come after find the day closed. When it is closing already,
    /// nothing changes. While no day is published, a closing one of another day, range or calendar is taken back first: a first close that failed
    /// pins nothing.
    /// </summary>
    /// <param name="day">The day.</param>
    /// <param name="range">
    /// Its instants: what happened before its end is late from now on. When it is the first day ever, events from before its start that arrived
    /// meanwhile are posted to it as late.
    /// </param>
    /// <param name="calendar">The calendar, as text.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The day as it is recorded now: closing, or published by another instance before.</returns>
    /// <exception cref="CloseRefusedException">The day before it is not published.</exception>
    Task<BusinessDay> BeginClosingAsync(DateOnly day, UtcRange range, string calendar, CancellationToken cancellationToken);

    /// <summary>Names the run whose rows count for a closing day; from the commit on readers see them, all at once.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="day">The day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When it is written.</returns>
    /// <exception cref="CloseRefusedException">The day is not closing.</exception>
    Task PublishAsync(DbTransaction transaction, DateOnly day, long runId, CancellationToken cancellationToken);
}

/// <summary>Lists of days.</summary>
internal static class DayStoreExtensions
{
    /// <summary>The published days of a range.</summary>
    /// <param name="store">The store.</param>
    /// <param name="days">Both ends included.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The days, oldest first.</returns>
    public static async Task<IReadOnlyList<BusinessDay>> ListPublishedAsync(
        this IDayStore store, DateRange days, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        return [.. (await store.ListAsync(null, cancellationToken).ConfigureAwait(false))
            .Where(d => d.State == DayState.Published && days.Contains(d.Day))];
    }
}
