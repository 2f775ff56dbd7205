using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Settlements.Stores;

/// <summary>The control totals of a meter: its events and units, counted separately from the sums.</summary>
[Experimental("SETTLE001")]
public sealed class ControlTotals
{
    private Int128 _quantity;

    internal ControlTotals(byte[] utf8)
    {
        Utf8 = utf8;
        Meter = Encoding.UTF8.GetString(utf8);
    }

    /// <summary>Gets the meter.</summary>
    public string Meter { get; }

    /// <summary>Gets the number of events that were added.</summary>
    public long Events { get; private set; }

    /// <summary>
    /// Gets the units of these events. A decimal, since the total of all items may exceed the range of <see cref="long"/>.
    /// </summary>
    public decimal Quantity => (decimal)_quantity;

    internal byte[] Utf8 { get; }

    internal void Add(long quantity, long events)
    {
        _quantity += quantity;
        Events += events;
    }
}
