using System.Data.Common;
using Settlement.BillableEvents;
using Settlement.BusinessDays;
using Settlement.Calendars;
using Settlement.Pipelines;

namespace Settlement.Sums;

/// <summary>The port of the second stage: cuts the usage of a day into chunks, sums a chunk, and keeps the partial sums.</summary>
public interface ISumStore : IRunRows
{
    /// <summary>The earliest instant of an event.</summary>
    /// <param name="source">A table of the application; null for the library's own event table.</param>
    /// <param name="from">Only events from this instant on, included; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The instant, or null when there is no event.</returns>
    Task<DateTimeOffset?> FindFirstEventAsync(EventSource? source, DateTimeOffset? from, CancellationToken cancellationToken);

    /// <summary>
    /// Finds rows that the source's condition accepts and whose instant can't be read, wherever they are: null, of another type or form than the source
    /// names, a date that no calendar has, or none of <see cref="SupportedInstants"/>.
    /// </summary>
    /// <param name="source">A table of the application.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When there is none.</returns>
    /// <exception cref="EventSourceException">There is one: table, key, column, value and remedy.</exception>
    Task CheckInstantsAsync(EventSource source, CancellationToken cancellationToken);

    /// <summary>The table that a source names, as the database's catalogue identifies it: two spellings of one table give one text.</summary>
    /// <param name="source">A table of the application.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The identity, for example <c>shop.play_log</c>.</returns>
    /// <exception cref="EventSourceException">There is no such table.</exception>
    Task<string> IdentifyTableAsync(EventSource source, CancellationToken cancellationToken);

    /// <summary>
    /// Cuts the events that a business day counts into chunks by the table's clustering key: the rows of the day's own range that arrived while it
    /// was open and, in the library's own table, the late ones posted to it.
    /// </summary>
    /// <param name="source">A table of the application; null for the library's own.</param>
    /// <param name="day">The posting date.</param>
    /// <param name="range">Its instants, half-open.</param>
    /// <param name="chunkRowsMax">The most rows of a chunk, at least 1.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The chunks: together exactly the day's rows, none twice.</returns>
    Task<IReadOnlyList<PlannedChunk>> PlanAsync(
        EventSource? source, DateOnly day, UtcRange range, int chunkRowsMax, CancellationToken cancellationToken);

    /// <summary>Streams the rows of a chunk and sums them in memory.</summary>
    /// <param name="source">As planned.</param>
    /// <param name="day">As planned.</param>
    /// <param name="calendar">The instants of the day, and the usage dates of late rows.</param>
    /// <param name="bounds">The chunk's bounds; null for all rows that the day counts.</param>
    /// <param name="totals">Where the quantities are added.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How many rows were read.</returns>
    /// <exception cref="EventSourceException">A row among them can't be counted: its id, its quantity or its instant.</exception>
    Task<long> SumAsync(
        EventSource? source, DateOnly day, SettledCalendar calendar, string? bounds, TotalsAccumulator totals,
        CancellationToken cancellationToken);

    /// <summary>Appends the partial sums and control totals of a chunk, keyed by run and chunk.</summary>
    /// <param name="transaction">The chunk's transaction.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="totals">Its sums.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When they are written.</returns>
    Task AppendPartialsAsync(DbTransaction transaction, Chunk chunk, TotalsAccumulator totals, CancellationToken cancellationToken);

    /// <summary>Cuts the partial sums of a run into ranges of whole items, in key order.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="partialsMax">About how many partial sums a range has; an item is never cut.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The ranges.</returns>
    Task<IReadOnlyList<PlannedChunk>> PlanItemRangesAsync(long runId, int partialsMax, CancellationToken cancellationToken);

    /// <summary>Merges the partial sums of a range of items.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="day">The posting date: the usage date of what arrived on time.</param>
    /// <param name="bounds">The range, as planned.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The sums, in the byte order of meter, item and payee, then by usage date with that of the posting date first.</returns>
    Task<IReadOnlyList<UsageSum>> MergeAsync(long runId, DateOnly day, string bounds, CancellationToken cancellationToken);

    /// <summary>The control totals of a run's chunks.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>One for each meter, by bytes.</returns>
    Task<IReadOnlyList<ControlTotal>> ReadControlTotalsAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken);
}

/// <summary>What the chunks of a run read of a meter, counted apart from the sums.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="Events">The events that were read.</param>
/// <param name="Quantity">Their units.</param>
public sealed record ControlTotal(string Meter, long Events, decimal Quantity);
