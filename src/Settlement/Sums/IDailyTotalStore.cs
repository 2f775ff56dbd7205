using System.Data.Common;
using Settlement.BillableEvents;
using Settlement.Calendars;
using Settlement.Pipelines;

namespace Settlement.Sums;

/// <summary>The port of the second stage: cuts a day's events into chunks, sums a chunk, and keeps the sums.</summary>
public interface IDailyTotalStore
{
    /// <summary>The earliest instant of an event, in the library's table and the host's.</summary>
    /// <param name="sources">The host's own tables.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The instant, or null when there is no event.</returns>
    Task<DateTimeOffset?> FindFirstEventAsync(IReadOnlyList<EventSource> sources, CancellationToken cancellationToken);

    /// <summary>
    /// Cuts the events that a business day counts into chunks by the table's clustering key: the rows of the day's own range that came while it
    /// was open, and in the library's own table the late ones noted for it.
    /// </summary>
    /// <param name="source">A host's own table; null for the library's.</param>
    /// <param name="day">The day.</param>
    /// <param name="range">Its instants, half-open.</param>
    /// <param name="chunkRowsMax">The most rows of a chunk, at least 1.</param>
    /// <param name="cancellationToken">Stops the planning.</param>
    /// <returns>The chunks: together exactly the day's rows, none twice.</returns>
    Task<IReadOnlyList<PlannedChunk>> PlanAsync(
        EventSource? source, DateOnly day, UtcRange range, int chunkRowsMax, CancellationToken cancellationToken);

    /// <summary>Streams a chunk's rows and sums them in memory.</summary>
    /// <param name="source">As planned.</param>
    /// <param name="day">As planned.</param>
    /// <param name="calendar">Tells the own day of late rows.</param>
    /// <param name="bounds">The chunk's bounds; null for all rows that the day counts.</param>
    /// <param name="totals">Where the quantities are added.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>How many rows were read.</returns>
    Task<long> SumAsync(
        EventSource? source, DateOnly day, BusinessCalendar calendar, string? bounds, TotalsAccumulator totals,
        CancellationToken cancellationToken);

    /// <summary>Appends a chunk's partial totals and control sums, keyed by run and chunk.</summary>
    /// <param name="transaction">The chunk's transaction.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="totals">Its sums.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <returns>When they are written.</returns>
    Task AppendPartialsAsync(DbTransaction transaction, Chunk chunk, TotalsAccumulator totals, CancellationToken cancellationToken);

    /// <summary>Cuts a run's partial totals into ranges of whole items, in key order.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="partialsMax">About so many partial totals in a range; an item is never cut.</param>
    /// <param name="cancellationToken">Stops the planning.</param>
    /// <returns>The ranges.</returns>
    Task<IReadOnlyList<PlannedChunk>> PlanItemRangesAsync(long runId, int partialsMax, CancellationToken cancellationToken);

    /// <summary>Merges the partial totals of a range of items.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="day">The day that counts them.</param>
    /// <param name="bounds">The range, as planned.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The totals, in the byte order of meter, item and payee.</returns>
    Task<IReadOnlyList<DailyTotal>> MergeAsync(long runId, DateOnly day, string bounds, CancellationToken cancellationToken);

    /// <summary>Writes merged totals; readers see them when the run is published.</summary>
    /// <param name="transaction">The chunk's transaction.</param>
    /// <param name="runId">The run.</param>
    /// <param name="totals">The totals.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <returns>When they are written.</returns>
    Task WriteAsync(DbTransaction transaction, long runId, IReadOnlyList<DailyTotal> totals, CancellationToken cancellationToken);

    /// <summary>Counts a run's events by the control sums of its chunks, and by its totals.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>Every meter that either has, by bytes.</returns>
    Task<IReadOnlyList<MeterCheck>> CheckAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken);

    /// <summary>The published totals of some days.</summary>
    /// <param name="days">Both ends included; days that are not published have none.</param>
    /// <param name="filter">Which of them.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The totals, ordered by day, and by the bytes of meter, item and payee.</returns>
    IAsyncEnumerable<DailyTotal> ReadAsync(DateRange days, ItemFilter filter, CancellationToken cancellationToken);
}
