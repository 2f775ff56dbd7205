using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>
/// The port of the counters. Every row keeps the run that wrote it and the value before: while that run is not published, the value before is in
/// force, so a run that is abandoned leaves nothing behind. Owner of the tables item_counters, volume_units, rounding_sums, counter_totals and
/// opening_counters.
/// </summary>
[Experimental("SETTLE001")]
public interface ICounterStore
{
    /// <summary>Reads counters as published runs left them.</summary>
    /// <param name="requests">Which.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Those that exist.</returns>
    Task<IReadOnlyList<ItemCounter>> ReadAsync(IReadOnlyList<CounterRequest> requests, CancellationToken cancellationToken);

    /// <summary>Reads the units that volume tables have priced, as published runs left them.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="itemIds">The items, in byte order, each once.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Those that exist, of all versions, periods and payees.</returns>
    Task<IReadOnlyList<(VolumeKey Key, VolumeSum Sum)>> ReadVolumeAsync(
        string meter, IReadOnlyList<string> itemIds, CancellationToken cancellationToken);

    /// <summary>Reads exact sums, as published runs left them.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="itemIds">The items, in byte order, each once.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Those that exist, of all payees and currencies.</returns>
    Task<IReadOnlyList<(RoundingKey Key, decimal ExactAmount)>> ReadRoundingAsync(
        string meter, IReadOnlyList<string> itemIds, CancellationToken cancellationToken);

    /// <summary>Writes counters; they are in force when the run is published.</summary>
    /// <param name="transaction">The chunk's transaction.</param>
    /// <param name="runId">The run.</param>
    /// <param name="counters">In the order of pricing.</param>
    /// <param name="volume">Units under volume tables.</param>
    /// <param name="rounding">Exact sums of meters that round cumulatively.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When they are written.</returns>
    Task WriteAsync(
        DbTransaction transaction, long runId, IReadOnlyList<CounterChange> counters, IReadOnlyList<VolumeChange> volume,
        IReadOnlyList<RoundingChange> rounding, CancellationToken cancellationToken);

    /// <summary>Counts the counters of periods, as they are with a run: what has to agree with what was recorded when days were published.</summary>
    /// <param name="transaction">The transaction that publishes the day; null to read what is published.</param>
    /// <param name="runId">The run that is about to be published; 0 for none.</param>
    /// <param name="instances">The periods.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>One for each period, in their order.</returns>
    Task<IReadOnlyList<CounterCheck>> CheckAsync(
        DbTransaction? transaction, long runId, IReadOnlyList<CounterInstance> instances, CancellationToken cancellationToken);

    /// <summary>Counts the exact sums of a meter, as they are with a run.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run that is about to be published.</param>
    /// <param name="meter">A meter that rounds cumulatively.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>One for each currency; <see cref="AmountCheck.Recorded"/> is what publications recorded.</returns>
    Task<IReadOnlyList<AmountCheck>> CheckRoundingAsync(DbTransaction transaction, long runId, string meter, CancellationToken cancellationToken);

    /// <summary>Counts the units under the volume tables of a meter, as they are with a run.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run that is about to be published.</param>
    /// <param name="meter">A meter with a volume table.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>One for each version, named <c>scope version</c>; <see cref="AmountCheck.Amount"/> is the exact amount.</returns>
    Task<IReadOnlyList<AmountCheck>> CheckVolumeAsync(DbTransaction transaction, long runId, string meter, CancellationToken cancellationToken);

    /// <summary>Records what was counted by the checks, to be compared with at the next publication.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="counters">Of <see cref="CheckAsync"/>.</param>
    /// <param name="rounding">Of <see cref="CheckRoundingAsync"/>, by meter.</param>
    /// <param name="volume">Of <see cref="CheckVolumeAsync"/>, by meter.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When they are recorded.</returns>
    Task RecordTotalsAsync(
        DbTransaction transaction, IReadOnlyList<CounterCheck> counters, IReadOnlyList<(string Meter, AmountCheck Check)> rounding,
        IReadOnlyList<(string Meter, AmountCheck Check)> volume, CancellationToken cancellationToken);

    /// <summary>The periods in which the items of each meter are counted.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Meters and periods.</returns>
    Task<IReadOnlyList<(string Meter, CounterPeriod Period)>> ListPeriodsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Begins to count the items of a meter in a further kind of period: the counters of the period under way are summed from published lines and
    /// opening counts, in one transaction. Nothing happens where that kind is counted already.
    /// </summary>
    /// <param name="instance">The period under way.</param>
    /// <param name="days">Its days, both ends included.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When the counters are there.</returns>
    Task BeginPeriodAsync(CounterInstance instance, DateRange days, CancellationToken cancellationToken);

    /// <summary>
    /// Writes all counters of a meter again, with what the published lines and opening counts come to, in one transaction: the remedy for rows that
    /// were changed or deleted by hand.
    /// </summary>
    /// <param name="counters">All item counters.</param>
    /// <param name="volume">All units under volume tables.</param>
    /// <param name="rounding">All exact sums.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When they are written.</returns>
    Task ReplaceAllAsync(
        IReadOnlyList<ItemCounter> counters, IReadOnlyList<(VolumeKey Key, VolumeSum Sum)> volume,
        IReadOnlyList<(RoundingKey Key, decimal ExactAmount)> rounding, CancellationToken cancellationToken);

    /// <summary>Opening counts: what a replaced system had counted.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>All of them, by meter and item.</returns>
    Task<IReadOnlyList<ItemCounter>> ListOpeningAsync(CancellationToken cancellationToken);

    /// <summary>Stores opening counts, in one transaction, once, before any day is closing or published.</summary>
    /// <param name="counters">Lifetime counters, each item of a meter once.</param>
    /// <param name="by">Who imports them.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When they are stored.</returns>
    /// <exception cref="InvalidOperationException">A day is closing or published, or there are opening counts already.</exception>
    Task AddOpeningAsync(IReadOnlyList<ItemCounter> counters, string by, CancellationToken cancellationToken);
}

/// <summary>The counters of a period, counted.</summary>
/// <param name="Instance">The period.</param>
/// <param name="Items">How many counters there are.</param>
/// <param name="Quantity">Their sum.</param>
/// <param name="NewItems">How many of them the run has made.</param>
/// <param name="RecordedItems">How many there were when the last publication recorded it.</param>
/// <param name="RecordedQuantity">Their sum then.</param>
[Experimental("SETTLE001")]
public sealed record CounterCheck(
    CounterInstance Instance, long Items, decimal Quantity, long NewItems, long RecordedItems, decimal RecordedQuantity);

/// <summary>An amount that is kept, compared with what was recorded.</summary>
/// <param name="Name">The currency or the version.</param>
/// <param name="Rows">How many rows there are.</param>
/// <param name="Amount">Their sum.</param>
/// <param name="NewRows">How many of them the run has made.</param>
/// <param name="RecordedRows">How many there were when the last publication recorded it.</param>
/// <param name="Recorded">Their sum then.</param>
[Experimental("SETTLE001")]
public sealed record AmountCheck(string Name, long Rows, decimal Amount, long NewRows, long RecordedRows, decimal Recorded);
