using System.Globalization;

namespace Settlement.SampleHost.Pages.Parts;

/// <summary>
/// The value axis of a chart: from a round number at or below the lowest value, or 0, to one at or above the highest. Immutable.
/// </summary>
internal sealed class ChartScale
{
    private const int IntervalsMax = 5;

    private ChartScale(decimal first, decimal last, IReadOnlyList<decimal> ticks) => (First, Last, Ticks) = (first, last, ticks);

    public decimal First { get; }

    public decimal Last { get; }

    /// <summary>The labelled values, ascending; the first and the last are the ends of the axis.</summary>
    public IReadOnlyList<decimal> Ticks { get; }

    /// <summary>Returns the axis of values, with steps of 1, 2 or 5 times a power of ten, at least 1.</summary>
    public static ChartScale Of(IEnumerable<decimal> values)
    {
        var (low, high) = (0m, 0m);
        foreach (var value in values)
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        var step = Step(Math.Max(high - low, 1));
        var (first, last) = (Math.Floor(low / step) * step, Math.Max(Math.Ceiling(high / step), 1) * step);
        return new ChartScale(first, last, [.. Enumerable.Range(0, (int)((last - first) / step) + 1).Select(n => first + n * step)]);
    }

    /// <summary>Returns the distance of a value from the top of the chart, as a CSS percentage.</summary>
    public string Top(decimal value) => Percent((double)((Last - value) / (Last - First)) * 100);

    /// <summary>Returns the height of a bar between two values, as a CSS percentage.</summary>
    public string Height(decimal from, decimal to) => Percent((double)(Math.Abs(to - from) / (Last - First)) * 100);

    /// <summary>Formats a percentage with two decimals.</summary>
    public static string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.##}%");

    private static decimal Step(decimal range)
    {
        for (var power = 1m; ; power *= 10)
        {
            foreach (var factor in (ReadOnlySpan<int>)[1, 2, 5])
            {
                if (range / (factor * power) <= IntervalsMax)
                    return factor * power;
            }
        }
    }
}
