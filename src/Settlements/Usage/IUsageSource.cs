using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>
/// The port of a usage source: usage events in any location, which are read and never written. A source divides a business day into
/// slices and sums a slice. Thread-safe: several slices are summed concurrently.
/// </summary>
/// <remarks>
/// A source requires neither a store nor a clustering key. A source without a key slices a day by ranges of instants or of a hash of the
/// item. A source whose engine aggregates adds each group with <see cref="SumAccumulator.AddSum"/> while it reads.
/// </remarks>
[Experimental("SETTLE001")]
public interface IUsageSource
{
    /// <summary>The name of the library's event table, which is reserved.</summary>
    const string EventTableName = "usage_events";

    /// <summary>The separator of the identities of the parts of a source, of which no two sources may count the same.</summary>
    const string IdentitySeparator = " + ";

    /// <summary>Gets the name, unique among the sources of an application, used in checkpoints, recorded definitions and errors.</summary>
    string Name { get; }

    /// <summary>
    /// Gets the meters that the source counts by configuration; empty for the library's event table, whose events name their meter.
    /// </summary>
    IReadOnlyList<SourceMeter> Meters { get; }

    /// <summary>
    /// Gets what the bounds of the slices refer to, for example the columns of the key, or the order of the servers. It is part of the
    /// fingerprint of a run, so that slices that were planned with another key are planned anew; it isn't part of recorded definitions.
    /// Empty by default.
    /// </summary>
    string SliceKey => "";

    /// <summary>
    /// Returns the identity of the data that the source reads, as its catalogue spells it, independent of the spelling in the
    /// configuration. It is part of the fingerprint of a run and of each recorded definition, and it detects two sources that count the
    /// same rows.
    /// </summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The identity, for example <c>shop.play_log</c>; of several parts, joined by <see cref="IdentitySeparator"/>.</returns>
    /// <exception cref="UsageSourceException">The data does not exist or is not visible.</exception>
    Task<string> IdentifyAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Validates the source before days are closed or compared: that it can be read as configured, and that each counted row has an
    /// instant within <see cref="Stores.SupportedInstants"/>, since a row without one belongs to no day and would never be counted.
    /// </summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when the source is valid.</returns>
    /// <exception cref="UsageSourceException">
    /// The source is not valid. The message names the source, row, column, value and remedy.
    /// </exception>
    Task ValidateAsync(CancellationToken cancellationToken);

    /// <summary>Finds the earliest instant of a row.</summary>
    /// <param name="from">The first instant to consider, included; null for all rows.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The instant; null when there is no row.</returns>
    /// <exception cref="UsageSourceException">The source can't be read, or the instant of the row is not valid.</exception>
    Task<DateTimeOffset?> FindFirstInstantAsync(DateTimeOffset? from, CancellationToken cancellationToken);

    /// <summary>
    /// Returns a text that identifies the state of the data that a business day counts, at less cost than its sum: for example the names,
    /// sizes and versions of its files, or a checksum of its rows. While it is the same, a reconciled day needs no second sum.
    /// </summary>
    /// <param name="day">The business day.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The text; null when the source can't tell, which is the default: its rows are summed each time.</returns>
    /// <exception cref="UsageSourceException">The source can't be read.</exception>
    Task<string?> FindStateAsync(SourceDay day, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <summary>
    /// Divides the rows of a business day into slices with fixed bounds: a slice contains the same rows whenever it is read, unless the
    /// rows change.
    /// </summary>
    /// <param name="day">The business day.</param>
    /// <param name="rowsMax">
    /// The maximum number of rows of a slice, at least 1; approximate where a server estimates row counts. A source may return fewer and
    /// larger slices.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The slices, which together contain each row of the day exactly once; empty for a day without rows.</returns>
    /// <exception cref="UsageSourceException">The source can't be read or divided.</exception>
    Task<IReadOnlyList<SourceSlice>> SliceAsync(SourceDay day, int rowsMax, CancellationToken cancellationToken);

    /// <summary>
    /// Sums a slice by meter, item, payee and usage date. The accumulator also maintains control totals of each meter
    /// (<see cref="SumAccumulator.Controls"/>); a source whose engine computes the sums compares them with the totals that the engine
    /// computed by meter alone.
    /// </summary>
    /// <param name="day">As for <see cref="SliceAsync"/>.</param>
    /// <param name="slice">
    /// A slice of the day from <see cref="SliceAsync"/> of this source, possibly from an earlier process; null for all rows of the day.
    /// </param>
    /// <param name="totals">The accumulator to which the sums are added. Its content is undefined when the call fails.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The number of rows that were read, or that the sums which were read comprise.</returns>
    /// <exception cref="UsageSourceException">
    /// A row can't be counted because of its id, its quantity or its instant. The message names the row.
    /// </exception>
    Task<long> SumAsync(SourceDay day, SourceSlice? slice, SumAccumulator totals, CancellationToken cancellationToken);
}

/// <summary>
/// The port through which a store creates the usage sources in its database. It only creates objects and reads nothing.
/// </summary>
[Experimental("SETTLE001")]
public interface IUsageSourceFactory
{
    /// <summary>Creates the source of the library's event table, named <see cref="IUsageSource.EventTableName"/>.</summary>
    /// <returns>The source.</returns>
    IUsageSource CreateEventTable();

    /// <summary>Creates the source of a table of the application.</summary>
    /// <param name="table">The table, as configured.</param>
    /// <returns>The source, of the same name.</returns>
    IUsageSource CreateTable(UsageTable table);
}

/// <summary>The port through which another engine than the store's reads the table of a usage source, or files.</summary>
[Experimental("SETTLE001")]
public interface IUsageTableReader
{
    /// <summary>Validates a table as configured, without reading anything.</summary>
    /// <param name="table">The table.</param>
    /// <returns>The errors, each with the value and the remedy; empty when there are none.</returns>
    IEnumerable<string> Validate(UsageTable table);

    /// <summary>Creates the source. It reads nothing yet, and is disposed with the application when it is disposable.</summary>
    /// <param name="table">The table.</param>
    /// <param name="services">The services of the application.</param>
    /// <returns>The source, of the same name.</returns>
    IUsageSource Create(UsageTable table, IServiceProvider services);
}
