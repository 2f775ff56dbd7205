using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The difference that a restatement posts for one published line. Immutable.</summary>
/// <param name="Restates">The published line: its posting date and kind.</param>
/// <param name="Meter">Its meter.</param>
/// <param name="ItemId">Its item.</param>
/// <param name="PayeeId">Its payee.</param>
/// <param name="UsageDate">Its usage date.</param>
/// <param name="Quantity">Units to add; 0 where only the price changed. They are priced as late usage is, when they are posted.</param>
/// <param name="Events">Events to add.</param>
/// <param name="Price">The change of price of the units that were counted; null where only the quantity changed.</param>
[Experimental("SETTLE001")]
public sealed record RestatementEntry(
    RestatedLine Restates, string Meter, string ItemId, string PayeeId, DateOnly UsageDate, long Quantity, long Events, RestatedPrice? Price);

/// <summary>A changed price of units that were counted before. Immutable.</summary>
/// <param name="OldScope">The scope of the version that priced them.</param>
/// <param name="OldVersion">The version that priced them.</param>
/// <param name="NewScope">The scope of the version that prices them now.</param>
/// <param name="NewVersion">The version that prices them now.</param>
/// <param name="Units">How many units, of the line and its earlier restatements.</param>
/// <param name="OldExact">What they came to, not rounded; under a volume table without what its line has for units outside of the restated days.</param>
/// <param name="NewExact">What they come to now, on the line's recorded counters.</param>
/// <param name="OldAmount">What was paid for them.</param>
/// <param name="NewAmount">The new exact amount, rounded by itself.</param>
[Experimental("SETTLE001")]
public sealed record RestatedPrice(
    string OldScope, string OldVersion, string NewScope, string NewVersion, long Units, decimal OldExact, decimal NewExact, decimal OldAmount,
    decimal NewAmount)
{
    /// <summary>Several changes of one line on one posting date, in the order in which they were approved: each begins where the one before ended.</summary>
    internal static RestatedPrice? Merge(IEnumerable<RestatedPrice?> changes)
    {
        RestatedPrice? merged = null;
        foreach (var one in changes.OfType<RestatedPrice>())
        {
            merged = merged is null ? one : one with
            {
                OldScope = merged.OldScope,
                OldVersion = merged.OldVersion,
                OldExact = merged.OldExact,

                // Amounts as they change: of a line that a volume table priced, the old amount may have more than the old exact amount.
                OldAmount = merged.OldAmount,
                NewAmount = merged.NewAmount + one.NewAmount - one.OldAmount,
            };
        }

        return merged;
    }
}
