using System.Text;

namespace Settlement.Sums;

/// <summary>What was added of a meter in all, counted beside the sums and not with them.</summary>
public sealed class ControlSum
{
    private Int128 _quantity;

    internal ControlSum(byte[] utf8)
    {
        Utf8 = utf8;
        Meter = Encoding.UTF8.GetString(utf8);
    }

    /// <summary>The meter.</summary>
    public string Meter { get; }

    /// <summary>How many events were added.</summary>
    public long Events { get; private set; }

    /// <summary>Their units. A decimal, since all items together may have more than a <see cref="long"/> holds.</summary>
    public decimal Quantity => (decimal)_quantity;

    internal byte[] Utf8 { get; }

    internal void Add(long quantity, long events)
    {
        _quantity += quantity;
        Events += events;
    }
}

/// <summary>A meter of a run's day, counted in two ways that have to agree.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="EventsRead">The events that were read, by the control sums of the chunks.</param>
/// <param name="QuantityRead">Their units.</param>
/// <param name="Totals">How many daily totals there are.</param>
/// <param name="Events">The events in them.</param>
/// <param name="Quantity">The units in them.</param>
public sealed record MeterCheck(string Meter, long EventsRead, decimal QuantityRead, long Totals, long Events, decimal Quantity);
