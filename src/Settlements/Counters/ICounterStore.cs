using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>
/// Stores counters. Each row has the run that wrote it and the previous value, which is valid until that run is published; an abandoned run
/// therefore changes nothing. Owner of the tables item_counters, volume_units, rounding_sums, counter_totals and opening_counters.
/// </summary>
[Experimental("SETTLE001")]
public interface ICounterStore
{
    /// <summary>Reads the published values of counters.</summary>
    /// <param name="requests">The counters to read.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The counters that exist.</returns>
    Task<IReadOnlyList<ItemCounter>> ReadAsync(IReadOnlyList<CounterRequest> requests, CancellationToken cancellationToken);

    /// <summary>Reads the published units that volume tables have priced.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="itemIds">The items, in byte order, each once.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The units of all versions, periods and payees.</returns>
    Task<IReadOnlyList<(VolumeKey Key, VolumeSum Sum)>> ReadVolumeAsync(
        string meter, IReadOnlyList<string> itemIds, CancellationToken cancellationToken);

    /// <summary>Reads the published exact sums for cumulative rounding.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="itemIds">The items, in byte order, each once.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The sums of all payees and currencies.</returns>
    Task<IReadOnlyList<(RoundingKey Key, decimal ExactAmount)>> ReadRoundingAsync(
        string meter, IReadOnlyList<string> itemIds, CancellationToken cancellationToken);

    /// <summary>Writes counters, which become valid when the run is published.</summary>
    /// <param name="transaction">The chunk's transaction.</param>
    /// <param name="runId">The run.</param>
    /// <param name="counters">The item counters, in the order of pricing.</param>
    /// <param name="volume">The units under volume tables.</param>
    /// <param name="rounding">The exact sums of meters that round cumulatively.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are written.</returns>
    Task WriteAsync(
        DbTransaction transaction, long runId, IReadOnlyList<CounterChange> counters, IReadOnlyList<VolumeChange> volume,
        IReadOnlyList<RoundingChange> rounding, CancellationToken cancellationToken);

    /// <summary>Totals the counters of periods, including the changes of a run, for comparison with the recorded totals.</summary>
    /// <param name="transaction">The transaction that publishes the day; null for none.</param>
    /// <param name="runId">The run to be published; 0 for none.</param>
    /// <param name="instances">The periods.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The totals, one for each period, in the given order.</returns>
    Task<IReadOnlyList<CounterCheck>> CheckAsync(
        DbTransaction? transaction, long runId, IReadOnlyList<CounterInstance> instances, CancellationToken cancellationToken);

    /// <summary>Totals the exact sums of a meter, including the changes of a run.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run to be published.</param>
    /// <param name="meter">A meter that rounds cumulatively.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The totals, one for each currency.</returns>
    Task<IReadOnlyList<AmountCheck>> CheckRoundingAsync(
        DbTransaction transaction, long runId, string meter, CancellationToken cancellationToken);

    /// <summary>Totals the units under the volume tables of a meter, including the changes of a run.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run to be published.</param>
    /// <param name="meter">A meter with a volume table.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The totals, one for each version, named <c>scope version</c>; <see cref="AmountCheck.Amount"/> is the exact amount.
    /// </returns>
    Task<IReadOnlyList<AmountCheck>> CheckVolumeAsync(
        DbTransaction transaction, long runId, string meter, CancellationToken cancellationToken);

    /// <summary>Records the totals of the checks, for the comparison at the next publication.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="counters">The result of <see cref="CheckAsync"/>.</param>
    /// <param name="rounding">The results of <see cref="CheckRoundingAsync"/>, by meter.</param>
    /// <param name="volume">The results of <see cref="CheckVolumeAsync"/>, by meter.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are recorded.</returns>
    Task RecordTotalsAsync(
        DbTransaction transaction, IReadOnlyList<CounterCheck> counters, IReadOnlyList<(string Meter, AmountCheck Check)> rounding,
        IReadOnlyList<(string Meter, AmountCheck Check)> volume, CancellationToken cancellationToken);

    /// <summary>Returns the counter periods of each meter.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The meters and counter periods.</returns>
    Task<IReadOnlyList<(string Meter, CounterPeriod Period)>> ListPeriodsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Adds a counter period to a meter: creates the counters of the current period from published lines and opening counts, in one
    /// transaction. Does nothing if the meter has that counter period already.
    /// </summary>
    /// <param name="instance">The current period.</param>
    /// <param name="days">Its days, both ends included.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when the counters are written.</returns>
    Task BeginPeriodAsync(CounterInstance instance, DateRange days, CancellationToken cancellationToken);

    /// <summary>
    /// Computes the counters that <see cref="BeginPeriodAsync"/> would create for items, without writing them.
    /// </summary>
    /// <param name="instance">The period.</param>
    /// <param name="days">Its days, both ends included.</param>
    /// <param name="itemIds">The items, in byte order, each once; at least one.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The counters, of these items and possibly of others.</returns>
    Task<IReadOnlyList<ItemCounter>> ComputeAsync(
        CounterInstance instance, DateRange days, IReadOnlyList<string> itemIds, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces all counters with values computed from the published lines and opening counts, in one transaction. This repairs rows that
    /// were changed or deleted by hand.
    /// </summary>
    /// <param name="counters">All item counters.</param>
    /// <param name="volume">All units under volume tables.</param>
    /// <param name="rounding">All exact sums.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are written.</returns>
    Task ReplaceAllAsync(
        IReadOnlyList<ItemCounter> counters, IReadOnlyList<(VolumeKey Key, VolumeSum Sum)> volume,
        IReadOnlyList<(RoundingKey Key, decimal ExactAmount)> rounding, CancellationToken cancellationToken);

    /// <summary>Returns the opening counts, which were imported from a replaced system.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The counts, ordered by meter and item.</returns>
    Task<IReadOnlyList<ItemCounter>> ListOpeningAsync(CancellationToken cancellationToken);

    /// <summary>Stores opening counts in one transaction. Possible once, before any day is closing or published.</summary>
    /// <param name="counters">The lifetime counters, each item of a meter once.</param>
    /// <param name="by">The user who imports them.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are stored.</returns>
    /// <exception cref="InvalidOperationException">A day is closing or published, or opening counts exist already.</exception>
    Task AddOpeningAsync(IReadOnlyList<ItemCounter> counters, string by, CancellationToken cancellationToken);
}

/// <summary>The total of the counters of a period, and the recorded total.</summary>
[Experimental("SETTLE001")]
public sealed class CounterCheck(
    CounterInstance instance, long items, decimal quantity, long newItems, long recordedItems, decimal recordedQuantity)
{
    /// <summary>The period.</summary>
    public CounterInstance Instance { get; } = instance;

    /// <summary>The number of counters.</summary>
    public long Items { get; } = items;

    /// <summary>The sum of the counters.</summary>
    public decimal Quantity { get; } = quantity;

    /// <summary>The number of counters that the run created.</summary>
    public long NewItems { get; } = newItems;

    /// <summary>The number of counters that the last publication recorded.</summary>
    public long RecordedItems { get; } = recordedItems;

    /// <summary>The sum that the last publication recorded.</summary>
    public decimal RecordedQuantity { get; } = recordedQuantity;
}

/// <summary>The total of stored amounts, and the recorded total.</summary>
[Experimental("SETTLE001")]
public sealed class AmountCheck(string name, long rows, decimal amount, long newRows, long recordedRows, decimal recorded)
{
    /// <summary>The currency or the version.</summary>
    public string Name { get; } = name;

    /// <summary>The number of rows.</summary>
    public long Rows { get; } = rows;

    /// <summary>The sum of the rows.</summary>
    public decimal Amount { get; } = amount;

    /// <summary>The number of rows that the run created.</summary>
    public long NewRows { get; } = newRows;

    /// <summary>The number of rows that the last publication recorded.</summary>
    public long RecordedRows { get; } = recordedRows;

    /// <summary>The sum that the last publication recorded.</summary>
    public decimal Recorded { get; } = recorded;
}
