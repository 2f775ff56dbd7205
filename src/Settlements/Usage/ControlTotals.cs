using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Settlements.Stores;

/// <summary>What was added of a meter in all, counted beside the sums and not with them.</summary>
[Experimental("SETTLE001")]
public sealed class ControlTotals
{
    private Int128 _quantity;

    internal ControlTotals(byte[] utf8)
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
