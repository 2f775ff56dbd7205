using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>A specific counter period of a meter, such as July 2024.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="Period">The kind of period.</param>
/// <param name="Start">The first day of the period; <see cref="BusinessCalendar.FirstDay"/> for the lifetime.</param>
[Experimental("SETTLE001")]
public sealed record CounterInstance(string Meter, CounterPeriod Period, DateOnly Start);

/// <summary>A request for the counters of items in a period.</summary>
/// <param name="Instance">The period.</param>
/// <param name="ItemIds">The items, in byte order, each once.</param>
[Experimental("SETTLE001")]
public sealed record CounterRequest(CounterInstance Instance, IReadOnlyList<string> ItemIds);

/// <summary>The change of a counter by a run.</summary>
/// <param name="Instance">The period.</param>
/// <param name="ItemId">The item.</param>
/// <param name="Quantity">The count including the lines of the run.</param>
/// <param name="Previous">The count without them, which is valid until the run is published; null when there was no counter.</param>
[Experimental("SETTLE001")]
public sealed record CounterChange(CounterInstance Instance, string ItemId, long Quantity, long? Previous);

/// <summary>The key of the units of an item and payee that a version of a volume table has priced in a period.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="ItemId">The item.</param>
/// <param name="RateScope">The version's scope.</param>
/// <param name="RateVersion">The version.</param>
/// <param name="PeriodStart">The first day of the counter period.</param>
/// <param name="PayeeId">The payee.</param>
[Experimental("SETTLE001")]
public sealed record VolumeKey(string Meter, string ItemId, string RateScope, string RateVersion, DateOnly PeriodStart, string PayeeId);

/// <summary>The units of a payee under a volume table, and their exact amount.</summary>
/// <param name="Units">The number of units.</param>
/// <param name="ExactAmount">The sum of the exact amounts of their lines, including repricings.</param>
[Experimental("SETTLE001")]
public readonly record struct VolumeSum(long Units, decimal ExactAmount);

/// <summary>The change of the units of a payee under a volume table by a run.</summary>
/// <param name="Key">The key.</param>
/// <param name="Sum">The sum including the lines of the run.</param>
/// <param name="Previous">The sum without them; null when there was none.</param>
[Experimental("SETTLE001")]
public sealed record VolumeChange(VolumeKey Key, VolumeSum Sum, VolumeSum? Previous);

/// <summary>The key of an exact sum for cumulative rounding.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee.</param>
/// <param name="Currency">The code of the currency.</param>
[Experimental("SETTLE001")]
public sealed record RoundingKey(string Meter, string ItemId, string PayeeId, string Currency);

/// <summary>The change of an exact sum for cumulative rounding by a run.</summary>
/// <param name="Key">The key.</param>
/// <param name="ExactAmount">The sum including the lines of the run.</param>
/// <param name="Previous">The sum without them; null when there was none.</param>
[Experimental("SETTLE001")]
public sealed record RoundingChange(RoundingKey Key, decimal ExactAmount, decimal? Previous);
