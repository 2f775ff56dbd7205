using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The difference that a restatement posts for one published line. Immutable.</summary>
[Experimental("SETTLE001")]
public sealed class RestatementEntry(
    RestatedLine restates, string meter, string itemId, string payeeId, DateOnly usageDate, long quantity, long events,
    RestatedPrice? price)
{
    internal RestatementEntry(RestatementEntry other)
        : this(other.Restates, other.Meter, other.ItemId, other.PayeeId,
            other.UsageDate, other.Quantity, other.Events, other.Price)
    {
    }

    /// <summary>The published line: its posting date and kind.</summary>
    public RestatedLine Restates { get; internal init; } = restates;

    /// <summary>Its meter.</summary>
    public string Meter { get; internal init; } = meter;

    /// <summary>Its item.</summary>
    public string ItemId { get; internal init; } = itemId;

    /// <summary>Its payee.</summary>
    public string PayeeId { get; internal init; } = payeeId;

    /// <summary>Its usage date.</summary>
    public DateOnly UsageDate { get; internal init; } = usageDate;

    /// <summary>The units to add, which are priced like late usage; 0 when only the price changed.</summary>
    public long Quantity { get; internal init; } = quantity;

    /// <summary>The events to add.</summary>
    public long Events { get; internal init; } = events;

    /// <summary>The changed price of the units that were already counted; null when only the quantity changed.</summary>
    public RestatedPrice? Price { get; internal init; } = price;
}

/// <summary>A changed price of units that were already counted. Immutable.</summary>
[Experimental("SETTLE001")]
public sealed class RestatedPrice(
    string oldScope, string oldVersion, string newScope, string newVersion, long units, decimal oldExact, decimal newExact,
    decimal oldAmount,
    decimal newAmount)
{
    internal RestatedPrice(RestatedPrice other)
        : this(other.OldScope, other.OldVersion, other.NewScope, other.NewVersion,
            other.Units, other.OldExact, other.NewExact, other.OldAmount, other.NewAmount)
    {
    }

    /// <summary>The scope of the version that priced them.</summary>
    public string OldScope { get; internal init; } = oldScope;

    /// <summary>The version that priced them.</summary>
    public string OldVersion { get; internal init; } = oldVersion;

    /// <summary>The scope of the version that prices them now.</summary>
    public string NewScope { get; internal init; } = newScope;

    /// <summary>The version that prices them now.</summary>
    public string NewVersion { get; internal init; } = newVersion;

    /// <summary>The number of units of the line and its earlier restatements.</summary>
    public long Units { get; internal init; } = units;

    /// <summary>The old exact amount; under a volume table, excluding the part of the line for units outside the restated days.</summary>
    public decimal OldExact { get; internal init; } = oldExact;

    /// <summary>The new exact amount, on the recorded counters of the line.</summary>
    public decimal NewExact { get; internal init; } = newExact;

    /// <summary>The old rounded amount.</summary>
    public decimal OldAmount { get; internal init; } = oldAmount;

    /// <summary>The new exact amount, rounded separately.</summary>
    public decimal NewAmount { get; internal init; } = newAmount;

    /// <summary>
    /// Merges the changes of one line on one posting date, in the order of their approvals: the new price of each is the old price of the
    /// next.
    /// </summary>
    internal static RestatedPrice? Merge(IEnumerable<RestatedPrice?> changes)
    {
        RestatedPrice? merged = null;
        foreach (var one in changes.OfType<RestatedPrice>())
        {
            merged = merged is null ? one : new RestatedPrice(one)
            {
                OldScope = merged.OldScope,
                OldVersion = merged.OldVersion,
                OldExact = merged.OldExact,

                // Differences of amounts are added: the old amount of a line of a volume table may include more than its old exact amount.
                OldAmount = merged.OldAmount,
                NewAmount = merged.NewAmount + one.NewAmount - one.OldAmount,
            };
        }

        return merged;
    }
}
