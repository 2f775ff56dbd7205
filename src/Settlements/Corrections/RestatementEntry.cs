using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The difference that a restatement posts for one published line. Immutable.</summary>
/// <param name="Restates">The published line: its posting date and kind.</param>
/// <param name="Meter">Its meter.</param>
/// <param name="ItemId">Its item.</param>
/// <param name="PayeeId">Its payee.</param>
/// <param name="UsageDate">Its usage date.</param>
/// <param name="Quantity">The units to add, which are priced like late usage; 0 when only the price changed.</param>
/// <param name="Events">The events to add.</param>
/// <param name="Price">The changed price of the units that were already counted; null when only the quantity changed.</param>
[Experimental("SETTLE001")]
public sealed record RestatementEntry(
    RestatedLine Restates, string Meter, string ItemId, string PayeeId, DateOnly UsageDate, long Quantity, long Events,
    RestatedPrice? Price);

/// <summary>A changed price of units that were already counted. Immutable.</summary>
/// <param name="OldScope">The scope of the version that priced them.</param>
/// <param name="OldVersion">The version that priced them.</param>
/// <param name="NewScope">The scope of the version that prices them now.</param>
/// <param name="NewVersion">The version that prices them now.</param>
/// <param name="Units">The number of units of the line and its earlier restatements.</param>
/// <param name="OldExact">
/// The old exact amount; under a volume table, excluding the part of the line for units outside the restated days.
/// </param>
/// <param name="NewExact">The new exact amount, on the recorded counters of the line.</param>
/// <param name="OldAmount">The old rounded amount.</param>
/// <param name="NewAmount">The new exact amount, rounded separately.</param>
[Experimental("SETTLE001")]
public sealed record RestatedPrice(
    string OldScope, string OldVersion, string NewScope, string NewVersion, long Units, decimal OldExact, decimal NewExact,
    decimal OldAmount,
    decimal NewAmount)
{
    /// <summary>
    /// Merges the changes of one line on one posting date, in the order of their approvals: the new price of each is the old price of the
    /// next.
    /// </summary>
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

                // Differences of amounts are added: the old amount of a line of a volume table may include more than its old exact amount.
                OldAmount = merged.OldAmount,
                NewAmount = merged.NewAmount + one.NewAmount - one.OldAmount,
            };
        }

        return merged;
    }
}
