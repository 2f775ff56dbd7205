using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>Stores the states of business days. Owner of the table business_days.</summary>
[Experimental("SETTLE001")]
public interface IDayStore
{
    /// <summary>Returns the last day that is closing or published.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The day; null when all days are open.</returns>
    Task<BusinessDay?> FindLastAsync(CancellationToken cancellationToken);

    /// <summary>Returns the days that are closing or published.</summary>
    /// <param name="transaction">The transaction to read in; null for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The days, oldest first, without a gap.</returns>
    Task<IReadOnlyList<BusinessDay>> ListAsync(DbTransaction? transaction, CancellationToken cancellationToken);

    /// <summary>
    /// Changes an open day to <see cref="DayState.Closing"/>. Waits for active writers; events of later writers are posted to a later day.
    /// Does nothing when the day is closing already. While no day is published, a closing day with another date, range or calendar is
    /// reopened first, so that a failed first close does not fix the first day or its boundaries.
    /// </summary>
    /// <param name="day">The day.</param>
    /// <param name="range">
    /// The instants of the day. Events from before its end that arrive from now on are late. If it is the first day ever closed, events
    /// from before its start are posted to it as late usage.
    /// </param>
    /// <param name="calendar">The text of the calendar.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The recorded day: closing, or already published by another instance.</returns>
    /// <exception cref="CloseRefusedException">The previous day is not published.</exception>
    Task<BusinessDay> BeginClosingAsync(DateOnly day, UtcRange range, string calendar, CancellationToken cancellationToken);

    /// <summary>
    /// Locks the publication of the next day until the transaction ends: of two transactions that publish a day or approve a rate version,
    /// the second one waits, and reads what the first one wrote. Does nothing on a store with a single writer.
    /// </summary>
    /// <param name="transaction">The transaction, which has read nothing that the other one may change.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that completes when the lock is held.</returns>
    Task LockPublicationAsync(DbTransaction transaction, CancellationToken cancellationToken);

    /// <summary>Records the run whose rows a closing day publishes. Readers see all of them at once, from the commit on.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="day">The day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when the state is written.</returns>
    /// <exception cref="CloseRefusedException">The day is not closing.</exception>
    Task PublishAsync(DbTransaction transaction, DateOnly day, long runId, CancellationToken cancellationToken);
}

/// <summary>Lists of days.</summary>
internal static class DayStoreExtensions
{
    /// <summary>Returns the published days of a range.</summary>
    /// <param name="store">The store.</param>
    /// <param name="days">The range, both ends included.</param>
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
