using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>
/// The port of a usage source: usage events that lie anywhere, read and never written. It cuts a business day into slices, and sums a
/// slice. Thread-safe: several slices are summed at a time.
/// </summary>
/// <remarks>
/// A source needs neither a store nor a clustering key. One that has no key cuts a day into ranges of instants, or of a hash of the item;
/// one whose engine aggregates adds each group with <see cref="SumAccumulator.AddSum"/> as it streams in.
/// </remarks>
[Experimental("SETTLE001")]
public interface IUsageSource
{
    /// <summary>The name of the library's own event table. No other source may have it.</summary>
    const string EventTableName = "usage_events";

    /// <summary>The name, unique among the sources of an application: in checkpoints, recorded definitions and errors.</summary>
    string Name { get; }

    /// <summary>
    /// The meters that it counts by configuration; empty for the library's own event table, whose events name their meter.
    /// </summary>
    IReadOnlyList<SourceMeter> Meters { get; }

    /// <summary>
    /// What the source reads, as its own catalogue identifies it, whatever the spelling in the configuration. Part of a run's fingerprint
    /// and of each recorded definition, and compared to find two sources that count the same rows.
    /// </summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The identity, for example <c>shop.play_log</c>.</returns>
    /// <exception cref="UsageSourceException">There is nothing of this name, or it is not visible.</exception>
    Task<string> IdentifyAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Checks the source before days are closed or compared: that it can be read as configured, and that each row which it counts has an
    /// instant of <see cref="Stores.SupportedInstants"/>, since one without belongs to no day and would never be counted.
    /// </summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When the source is valid.</returns>
    /// <exception cref="UsageSourceException">It is not: source, row, column, value and remedy.</exception>
    Task ValidateAsync(CancellationToken cancellationToken);

    /// <summary>The earliest instant of a row.</summary>
    /// <param name="from">Only rows from this instant on, included; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The instant; null when there is no row.</returns>
    /// <exception cref="UsageSourceException">The source can't be read, or the row's instant is none.</exception>
    Task<DateTimeOffset?> FindFirstInstantAsync(DateTimeOffset? from, CancellationToken cancellationToken);

    /// <summary>
    /// Cuts what a business day counts into slices with fixed bounds: a slice holds the same rows whenever it is read, as long as they
    /// don't change.
    /// </summary>
    /// <param name="day">The day.</param>
    /// <param name="rowsMax">
    /// The most rows of a slice, at least 1; about so many, where a server estimates them. A source may cut fewer and larger slices.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The slices: together exactly the day's rows, none twice; none for a day without rows.</returns>
    /// <exception cref="UsageSourceException">The source can't be read or cut.</exception>
    Task<IReadOnlyList<SourceSlice>> SliceAsync(SourceDay day, int rowsMax, CancellationToken cancellationToken);

    /// <summary>
    /// Sums a slice by meter, item, payee and usage date. The accumulator counts events and units of each meter a second time
    /// (<see cref="SumAccumulator.Controls"/>); a source whose engine makes the sums compares these with what the engine counted by
    /// meter alone.
    /// </summary>
    /// <param name="day">As for <see cref="SliceAsync"/>.</param>
    /// <param name="slice">
    /// A slice that this source cut of the day, now or in an earlier process; null for all rows that the day counts.
    /// </param>
    /// <param name="totals">Where the sums are added. Of no use when the call fails.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How many rows were read, or are in the sums that were read.</returns>
    /// <exception cref="UsageSourceException">A row can't be counted, and is named: its id, its quantity or its instant.</exception>
    Task<long> SumAsync(SourceDay day, SourceSlice? slice, SumAccumulator totals, CancellationToken cancellationToken);
}

/// <summary>
/// The port through which a store makes the usage sources that lie in its own database. Makes objects alone: nothing is read.
/// </summary>
[Experimental("SETTLE001")]
public interface IUsageSourceFactory
{
    /// <summary>Makes the source of the library's own event table, named <see cref="IUsageSource.EventTableName"/>.</summary>
    /// <returns>The source.</returns>
    IUsageSource CreateEventTable();

    /// <summary>Makes the source of a table of the application.</summary>
    /// <param name="table">The table, as configured.</param>
    /// <returns>The source, of the same name.</returns>
    IUsageSource CreateTable(UsageTable table);
}
