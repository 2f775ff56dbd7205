using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>A specific counter period of a meter, such as July 2024.</summary>
[Experimental("SETTLE001")]
public sealed record CounterInstance(string Meter, CounterPeriod Period, DateOnly Start)
{
    /// <summary>The meter.</summary>
    public string Meter { get; internal init; } = Meter;

    /// <summary>The kind of period.</summary>
    public CounterPeriod Period { get; internal init; } = Period;

    /// <summary>The first day of the period; <see cref="BusinessCalendar.FirstDay"/> for the lifetime.</summary>
    public DateOnly Start { get; internal init; } = Start;
}

/// <summary>A request for the counters of items in a period.</summary>
[Experimental("SETTLE001")]
public sealed class CounterRequest
{
    internal CounterRequest(CounterInstance instance, IReadOnlyList<string> itemIds)
    {
        Instance = instance;
        ItemIds = itemIds;
    }

    /// <summary>The period.</summary>
    public CounterInstance Instance { get; }

    /// <summary>The items, in byte order, each once.</summary>
    public IReadOnlyList<string> ItemIds { get; }
}

/// <summary>The change of a counter by a run.</summary>
[Experimental("SETTLE001")]
public sealed class CounterChange(CounterInstance instance, string itemId, long quantity, long? previous)
{
    /// <summary>The period.</summary>
    public CounterInstance Instance { get; } = instance;

    /// <summary>The item.</summary>
    public string ItemId { get; } = itemId;

    /// <summary>The count including the lines of the run.</summary>
    public long Quantity { get; } = quantity;

    /// <summary>The count without them, which is valid until the run is published; null when there was no counter.</summary>
    public long? Previous { get; } = previous;
}

/// <summary>The key of the units of an item and payee that a version of a volume table has priced in a period.</summary>
[Experimental("SETTLE001")]
public sealed record VolumeKey(string Meter, string ItemId, string RateScope, string RateVersion, DateOnly PeriodStart, string PayeeId)
{
    /// <summary>The meter.</summary>
    public string Meter { get; internal init; } = Meter;

    /// <summary>The item.</summary>
    public string ItemId { get; internal init; } = ItemId;

    /// <summary>The version's scope.</summary>
    public string RateScope { get; internal init; } = RateScope;

    /// <summary>The version.</summary>
    public string RateVersion { get; internal init; } = RateVersion;

    /// <summary>The first day of the counter period.</summary>
    public DateOnly PeriodStart { get; internal init; } = PeriodStart;

    /// <summary>The payee.</summary>
    public string PayeeId { get; internal init; } = PayeeId;
}

/// <summary>The units of a payee under a volume table, and their exact amount.</summary>
[Experimental("SETTLE001")]
public readonly struct VolumeSum(long units, decimal exactAmount)
{
    /// <summary>The number of units.</summary>
    public long Units { get; } = units;

    /// <summary>The sum of the exact amounts of their lines, including repricings.</summary>
    public decimal ExactAmount { get; } = exactAmount;
}

/// <summary>The change of the units of a payee under a volume table by a run.</summary>
[Experimental("SETTLE001")]
public sealed class VolumeChange(VolumeKey key, VolumeSum sum, VolumeSum? previous)
{
    /// <summary>The key.</summary>
    public VolumeKey Key { get; } = key;

    /// <summary>The sum including the lines of the run.</summary>
    public VolumeSum Sum { get; } = sum;

    /// <summary>The sum without them; null when there was none.</summary>
    public VolumeSum? Previous { get; } = previous;
}

/// <summary>The key of an exact sum for cumulative rounding.</summary>
[Experimental("SETTLE001")]
public sealed record RoundingKey(string Meter, string ItemId, string PayeeId, string Currency)
{
    /// <summary>The meter.</summary>
    public string Meter { get; internal init; } = Meter;

    /// <summary>The item.</summary>
    public string ItemId { get; internal init; } = ItemId;

    /// <summary>The payee.</summary>
    public string PayeeId { get; internal init; } = PayeeId;

    /// <summary>The code of the currency.</summary>
    public string Currency { get; internal init; } = Currency;
}

/// <summary>The change of an exact sum for cumulative rounding by a run.</summary>
[Experimental("SETTLE001")]
public sealed class RoundingChange(RoundingKey key, decimal exactAmount, decimal? previous)
{
    /// <summary>The key.</summary>
    public RoundingKey Key { get; } = key;

    /// <summary>The sum including the lines of the run.</summary>
    public decimal ExactAmount { get; } = exactAmount;

    /// <summary>The sum without them; null when there was none.</summary>
    public decimal? Previous { get; } = previous;
}
