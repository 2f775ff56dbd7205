using System.Data.Common;
using Settlement.Calendars;
using Settlement.Sums;
using Settlement.Rates;

namespace Settlement.Lines;

/// <summary>The port of the third stage: counters, lines, and the rate versions that priced them.</summary>
public interface IPricedLineStore
{
    /// <summary>The counters of the items in a range of a run's partial totals.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="day">The day that is priced: <see cref="ItemCounter.LastLine"/> is of a day before it.</param>
    /// <param name="bounds">The range, as planned.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>Those that exist, by meter and item.</returns>
    Task<IReadOnlyDictionary<(string Meter, string ItemId), ItemCounter>> ReadCountersAsync(
        long runId, DateOnly day, string bounds, CancellationToken cancellationToken);

    /// <summary>Writes lines and counters; readers see the lines when the run is published.</summary>
    /// <param name="transaction">The chunk's transaction.</param>
    /// <param name="runId">The run.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="counters">The counters, which replace those of the same items.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <returns>When they are written.</returns>
    Task WriteAsync(
        DbTransaction transaction, long runId, IReadOnlyList<PricedLine> lines, IReadOnlyList<ItemCounter> counters,
        CancellationToken cancellationToken);

    /// <summary>Counts a run's lines, and what they count.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>Every meter that has lines, by bytes; and how many lines are found by their payees, as statements find them.</returns>
    Task<(IReadOnlyList<LineCheck> Meters, long LinesOfPayees)> CheckAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken);

    /// <summary>Takes a day back from the counters that another, abandoned run of the same day wrote and this one did not.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="day">The day.</param>
    /// <param name="runId">The run that is published.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <returns>When it is done.</returns>
    Task TakeBackAsync(DbTransaction transaction, DateOnly day, long runId, CancellationToken cancellationToken);

    /// <summary>The rate versions that priced published days, or were in force on them.</summary>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The versions, by meter, scope and name.</returns>
    Task<IReadOnlyList<RecordedRate>> ListRecordedRatesAsync(CancellationToken cancellationToken);

    /// <summary>Records the versions that price a day; those that are recorded already stay.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="versions">The versions that are in force on the day.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <returns>When they are recorded.</returns>
    Task RecordRatesAsync(DbTransaction transaction, IReadOnlyList<RecordedRate> versions, CancellationToken cancellationToken);

    /// <summary>The published lines of some days.</summary>
    /// <param name="days">Both ends included; days that are not published have none.</param>
    /// <param name="filter">Which of them.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The lines, ordered by day, and by the bytes of meter, item and payee; all of them as they were at one instant.</returns>
    IAsyncEnumerable<PricedLine> ReadAsync(DateRange days, ItemFilter filter, CancellationToken cancellationToken);
}

/// <summary>A meter's lines of a run.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="Lines">How many there are.</param>
/// <param name="Quantity">Their units.</param>
/// <param name="Counted">The sum of their cumulative counts after, less those before.</param>
public sealed record LineCheck(string Meter, long Lines, decimal Quantity, decimal Counted);

/// <summary>A rate version as it is kept with the lines that it priced.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="Scope">Empty for the meter's own, <c>item:ID</c> or <c>payee:ID</c>.</param>
/// <param name="Version">The version's name.</param>
/// <param name="FirstDay">Its first business day.</param>
/// <param name="Definition">Tiers, mode, currency and rounding, as text.</param>
public sealed record RecordedRate(string Meter, string Scope, string Version, DateOnly FirstDay, string Definition)
{
    internal static RecordedRate From(MeterRates rates, RateVersion version) => new(
        rates.Meter, version.Scope, version.Version, version.FirstDay, $"{version.Table}; {version.Currency.Code}; {rates.Rounding}");
}
