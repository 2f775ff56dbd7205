using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>One period in which items of a meter are counted.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="Period">What the counter runs over.</param>
/// <param name="Start">The first day of the period; <see cref="BusinessCalendar.FirstDay"/> for the lifetime.</param>
[Experimental("SETTLE001")]
public sealed record CounterInstance(string Meter, CounterPeriod Period, DateOnly Start);

/// <summary>The items of a period whose counters are needed.</summary>
/// <param name="Instance">The period.</param>
/// <param name="ItemIds">The items, in byte order, each once.</param>
[Experimental("SETTLE001")]
public sealed record CounterRequest(CounterInstance Instance, IReadOnlyList<string> ItemIds);

/// <summary>A counter as a run leaves it.</summary>
/// <param name="Instance">The period.</param>
/// <param name="ItemId">The item.</param>
/// <param name="Quantity">The count with the run's lines.</param>
/// <param name="Previous">The count without them: what is in force until the run is published; null when there was no counter.</param>
[Experimental("SETTLE001")]
public sealed record CounterChange(CounterInstance Instance, string ItemId, long Quantity, long? Previous);

/// <summary>The units of an item that a version of a volume table has priced for a payee, in one period of its counter.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="ItemId">The item.</param>
/// <param name="RateScope">The version's scope.</param>
/// <param name="RateVersion">The version.</param>
/// <param name="PeriodStart">The first day of the counter's period.</param>
/// <param name="PayeeId">The payee.</param>
[Experimental("SETTLE001")]
public sealed record VolumeKey(string Meter, string ItemId, string RateScope, string RateVersion, DateOnly PeriodStart, string PayeeId);

/// <summary>What a payee's units under a volume table came to.</summary>
/// <param name="Units">Units.</param>
/// <param name="ExactAmount">The sum of the exact amounts of their lines, repricings included.</param>
[Experimental("SETTLE001")]
public readonly record struct VolumeSum(long Units, decimal ExactAmount);

/// <summary>A payee's units under a volume table as a run leaves them.</summary>
/// <param name="Key">Whose.</param>
/// <param name="Sum">With the run's lines.</param>
/// <param name="Previous">Without them; null when there were none.</param>
[Experimental("SETTLE001")]
public sealed record VolumeChange(VolumeKey Key, VolumeSum Sum, VolumeSum? Previous);

/// <summary>What cumulative rounding runs over.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee.</param>
/// <param name="Currency">The currency's code.</param>
[Experimental("SETTLE001")]
public sealed record RoundingKey(string Meter, string ItemId, string PayeeId, string Currency);

/// <summary>The exact sum of a payee's lines of an item as a run leaves it.</summary>
/// <param name="Key">Whose.</param>
/// <param name="ExactAmount">With the run's lines.</param>
/// <param name="Previous">Without them; null when there were none.</param>
[Experimental("SETTLE001")]
public sealed record RoundingChange(RoundingKey Key, decimal ExactAmount, decimal? Previous);
