using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>A meter that a usage source counts, as configured. Immutable.</summary>
[Experimental("SETTLE001")]
public sealed class SourceMeter(string meter, string definition, DateOnly? countedFrom, DateOnly? countedThrough)
{
    /// <summary>The meter.</summary>
    public string Meter { get; } = meter;

    /// <summary>
    /// The counted rows and their quantity, as text without the identity of the source. Recorded with the days that counted it; a
    /// different text is a different definition.
    /// </summary>
    public string Definition { get; } = definition;

    /// <summary>
    /// The first usage date whose rows count; null for the open day on which the meter was first seen, which is then recorded.
    /// </summary>
    public DateOnly? CountedFrom { get; } = countedFrom;

    /// <summary>The last usage date whose rows count, included; null for no end.</summary>
    public DateOnly? CountedThrough { get; } = countedThrough;

    /// <summary>
    /// Gets the number of units in the source's sums that are one unit of the meter, from 1. The close divides the sum of a line by it and
    /// rounds down.
    /// </summary>
    public long Per { get; init; } = 1;

    /// <summary>Gets whether the source counts the meters <c>Meter:value</c>, one for each value of a column.</summary>
    public bool HasValues { get; init; }

    /// <summary>Returns whether the source counts a meter by this definition.</summary>
    internal bool Covers(string meter) => HasValues
        ? meter.Length > Meter.Length + 1 && meter[Meter.Length] == ':' && meter.StartsWith(Meter, StringComparison.Ordinal)
        : meter == Meter;
}
