using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Settlements.Stores;

/// <summary>A measure of a usage table: the quantity that one row adds to a meter.</summary>
[Experimental("SETTLE001")]
public sealed class UsageMeasure
{
    internal UsageMeasure(string meter, string? quantityColumn, DateOnly? countedFrom = null)
    {
        Meter = meter;
        QuantityColumn = quantityColumn;
        CountedFrom = countedFrom;
    }

    internal UsageMeasure(UsageMeasure other)
        : this(other.Meter, other.QuantityColumn, other.CountedFrom) =>
        (ByColumn, OtherValue, Per, DeclaredValues) = (other.ByColumn, other.OtherValue, other.Per, other.DeclaredValues);

    /// <summary>The meter; with <see cref="ByColumn"/> the part of the meters before <c>:value</c>.</summary>
    public string Meter { get; internal init; }

    /// <summary>The column of the quantity, an integer; null to count each row as 1.</summary>
    public string? QuantityColumn { get; internal init; }

    /// <summary>
    /// The first business day whose rows count for the meter; null for the open day on which the measure was first seen, which is then
    /// recorded.
    /// </summary>
    public DateOnly? CountedFrom { get; internal init; }

    /// <summary>Gets the column whose value selects the meter, <c>Meter:value</c>; null when all rows have the same meter.</summary>
    public string? ByColumn { get; internal init; }

    /// <summary>
    /// Gets the value in the meter of the rows whose value of <see cref="ByColumn"/> has no declared meter; null to quarantine their usage.
    /// </summary>
    public string? OtherValue { get; internal init; }

    /// <summary>
    /// Gets the number of units of the column that are one unit of the meter, from 1: the sum of a line is divided by it and rounded down.
    /// </summary>
    public long Per { get; internal init; } = 1;

    /// <summary>Gets the declared values of <see cref="ByColumn"/>, ordered by their bytes. Set at startup.</summary>
    public IReadOnlyList<string> DeclaredValues { get; internal init; } = [];

    /// <summary>The counted quantity in a recorded definition, independent of the current culture.</summary>
    internal string Quantity
    {
        get
        {
            // A value that is declared later moves its rows out of the other ones, which changes the meaning of earlier days.
            var other = OtherValue is null ? "" : $" ({string.Join(", ", DeclaredValues.Where(v => v != OtherValue))}, else {OtherValue})";
            return (QuantityColumn ?? "rows") + (Per == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" per {Per}"))
                + (ByColumn is null ? "" : $" by {ByColumn}{other}");
        }
    }

    /// <summary>Returns the measure as text, independent of the current culture.</summary>
    /// <returns>For example <c>video.seconds of watched_ms per 1000</c>.</returns>
    public override string ToString() => QuantityColumn is null && ByColumn is null ? Meter : $"{Meter} of {Quantity}";

    internal UsageMeasure WithDeclaredMeters(IEnumerable<string> declared) => ByColumn is null ? this : new UsageMeasure(this)
    {
        DeclaredValues = [.. declared.Where(m => m.StartsWith(Meter + ":", StringComparison.Ordinal)).Select(m => m[(Meter.Length + 1)..])
            .Order(Utf8Order.Instance)],
    };
}
