using System.Text;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Converts between the units of meters and those of sums. The sums of a scaled meter are kept in the smallest unit that a source counts
/// (milliseconds), from all sources alike, so that they are added exactly; a line has the sum divided by the scale and rounded down.
/// Immutable.
/// </summary>
internal sealed class UsageScales
{
    private readonly IReadOnlyList<SourceMeter> _scaled;

    /// <param name="sources">The configured sources. A meter that several of them count has the largest of their scales.</param>
    public UsageScales(IEnumerable<IUsageSource> sources) =>
        _scaled = [.. sources.SelectMany(s => s.Meters).Where(m => m.Per > 1).OrderByDescending(m => m.Per)];

    /// <summary>Returns an error for each meter of which two sources have scales that are no multiples of each other.</summary>
    public IEnumerable<string> Errors() =>
        from meter in _scaled
        from other in _scaled
        where (other.Covers(meter.Meter) || other.Meter == meter.Meter) && other.Per < meter.Per && meter.Per % other.Per != 0
        select FormattableString.Invariant(
            $"Meter '{meter.Meter}' is summed per {meter.Per} by one source and per {other.Per} by another. ")
            + "Use the same unit, or multiples.";

    /// <summary>Whether all meters are counted in their own unit.</summary>
    public bool IsEmpty => _scaled.Count == 0;

    /// <summary>Returns the number of units of a sum that are one unit of a meter.</summary>
    public long Of(string meter)
    {
        foreach (var scaled in _scaled)
        {
            if (scaled.Covers(meter))
                return scaled.Per;
        }

        return 1;
    }

    /// <summary>Sums a slice of a source, in the units of sums.</summary>
    public async Task<long> SumAsync(
        CountedSource source, SourceSlice? slice, SumAccumulator totals, CancellationToken cancellationToken)
    {
        if (_scaled.Count == 0 || IsInUnitsOfSums(source.Source))
            return await source.Source.SumAsync(source.Day, slice, totals, cancellationToken).ConfigureAwait(false);
        var read = new SumAccumulator();
        var rows = await source.Source.SumAsync(source.Day, slice, read, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < read.Count; i++)
        {
            var sum = read.Read(i);
            totals.AddSum(
                sum.Meter, sum.ItemId, sum.PayeeId, sum.UsageDate, sum.Quantity * FactorOf(source.Source, sum.Meter), sum.Events);
        }

        return rows;
    }

    /// <summary>Converts a quantity of a meter to the unit of its sums.</summary>
    public Int128 ToSum(string meter, Int128 quantity) => quantity * Of(meter);

    /// <summary>Converts a sum to a quantity of its meter, rounded down.</summary>
    public Int128 ToQuantity(string meter, Int128 sum)
    {
        var per = Of(meter);
        if (per == 1)
            return sum;
        var (quotient, remainder) = Int128.DivRem(sum, per);
        return remainder < 0 ? quotient - 1 : quotient;
    }

    /// <summary>Returns whether quantities are those of a sum: each was rounded down by less than a unit of the meter.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="quantity">The total of the quantities, in units of the meter.</param>
    /// <param name="sum">The total of the sums, in units of sums.</param>
    /// <param name="count">The number of quantities.</param>
    public bool AddUp(string meter, decimal quantity, decimal sum, long count)
    {
        var per = Of(meter);
        var remainder = sum - quantity * per;
        return remainder >= 0 && remainder <= (per - 1) * (decimal)count;
    }

    /// <summary>Converts sums to the units of meters.</summary>
    public SumAccumulator ToQuantities(SumAccumulator sums)
    {
        if (_scaled.Count == 0)
            return sums;
        var converted = new SumAccumulator();
        for (var i = 0; i < sums.Count; i++)
        {
            var sum = sums.Read(i);
            var quantity = ToQuantity(Encoding.UTF8.GetString(sum.Meter), sum.Quantity);
            converted.AddSum(sum.Meter, sum.ItemId, sum.PayeeId, sum.UsageDate, quantity, sum.Events);
        }

        return converted;
    }

    private bool IsInUnitsOfSums(IUsageSource source) =>
        source.Meters.Count > 0 && source.Meters.All(m => _scaled.FirstOrDefault(s => s.Covers(m.Meter) || s.Meter == m.Meter) is not { } s
            || s.Per == m.Per);

    private Int128 FactorOf(IUsageSource source, ReadOnlySpan<byte> meter)
    {
        var name = Encoding.UTF8.GetString(meter);
        return Of(name) / (source.Meters.FirstOrDefault(m => m.Covers(name))?.Per ?? 1);
    }
}
