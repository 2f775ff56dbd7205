using Settlements.Stores;

namespace Settlements;

/// <summary>Converts sums of small units, as sources count them.</summary>
internal static class SumQuantities
{
    /// <summary>Converts sums to the units of meters, each rounded down once.</summary>
    public static IReadOnlyList<UsageSum> ToQuantities(this UsageScales scales, IReadOnlyList<UsageSum> sums) => scales.IsEmpty
        ? sums : [.. sums.Select(s => new UsageSum(s) { Quantity = scales.ToQuantity(s.Meter, s.Quantity) })];
}
