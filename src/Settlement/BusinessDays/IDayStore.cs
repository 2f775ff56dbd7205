using System.Data.Common;
using Settlement.Calendars;

namespace Settlement.BusinessDays;

/// <summary>Where a business day stands. A day that is not kept yet is open.</summary>
public enum DayState
{
    /// <summary>A close is under way: no event is counted into it any more.</summary>
    Closing,

    /// <summary>Its lines are out and never change.</summary>
    Published,
}

/// <summary>A day that is not open.</summary>
/// <param name="Day">The day.</param>
/// <param name="State">Where it stands.</param>
/// <param name="RunId">The run whose rows count, once it is published.</param>
/// <param name="Calendar">The calendar it was closed by, as text.</param>
/// <param name="PublishedAt">When it was published, UTC.</param>
public sealed record BusinessDay(DateOnly Day, DayState State, long? RunId, string Calendar, DateTimeOffset? PublishedAt)
{
    /// <summary>Whether its events are still kept; when they were dropped after it was verified, it can't be computed again.</summary>
    public bool HasEvents { get; init; } = true;
}

/// <summary>The port of the days' states.</summary>
public interface IDayStore
{
    /// <summary>The last day that is closing or published.</summary>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The day, or null when all are open.</returns>
    Task<BusinessDay?> FindLastAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Turns an open day into a closing one: waits for writers under way, and whoever comes after is told that the day is closed. Nothing
    /// changes when it is closing already.
    /// </summary>
    /// <param name="day">The day.</param>
    /// <param name="range">
    /// Its instants: what happened before its end is late from now on. When it is the first day ever, events from before its start that came in
    /// meanwhile are noted as late for it.
    /// </param>
    /// <param name="calendar">The calendar, as text.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>Where the day stands now: closing, or published by somebody else before.</returns>
    /// <exception cref="CloseRefusedException">The day before it is not published.</exception>
    Task<DayState> BeginClosingAsync(DateOnly day, UtcRange range, string calendar, CancellationToken cancellationToken);

    /// <summary>Names the run whose rows count for a closing day; from the commit on readers see them, all at once.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="day">The day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <returns>When it is written.</returns>
    /// <exception cref="CloseRefusedException">The day is not closing.</exception>
    Task PublishAsync(DbTransaction transaction, DateOnly day, long runId, CancellationToken cancellationToken);

    /// <summary>Deletes the partial totals of runs that need them no more, and rows of runs that were abandoned.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <returns>When it is written.</returns>
    Task SweepAsync(DbTransaction transaction, CancellationToken cancellationToken);

    /// <summary>The published days of a range.</summary>
    /// <param name="days">Both ends included.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The days, oldest first.</returns>
    Task<IReadOnlyList<BusinessDay>> ListPublishedAsync(DateRange days, CancellationToken cancellationToken);
}

/// <summary>A day can't be closed as asked. Nothing was changed.</summary>
public sealed class CloseRefusedException : Exception
{
    /// <summary>Says why, and what to do.</summary>
    /// <param name="message">The day, the limit and the remedy.</param>
    public CloseRefusedException(string message)
        : base(message)
    {
    }
}
