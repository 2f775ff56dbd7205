using System.Globalization;
using Settlements.Stores;

namespace Settlements;

/// <summary>Validates the measures of a source.</summary>
internal static class MeasureErrors
{
    private const long PerMax = 1_000_000_000;

    /// <summary>Returns all errors, without the final full stop.</summary>
    public static IEnumerable<string> Find(IReadOnlyList<UsageMeasure> measures)
    {
        if (measures.Count == 0)
            yield return "no measure is configured. Add Counts(meter) or Sums(meter, column)";
        foreach (var meter in measures.GroupBy(m => m.Meter, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"meter '{meter.Key}' is counted {meter.Count()} times. Count it once");
        }

        foreach (var (by, meter) in measures.Where(m => m.ByColumn is not null).SelectMany(by => measures.Where(m =>
            m.Meter?.StartsWith(by.Meter + ":", StringComparison.Ordinal) == true).Select(m => (by, m.Meter))))
        {
            yield return $"meter '{meter}' is counted by itself and as a value of column {by.ByColumn}: rows would be paid twice. Count it "
                + $"once";
        }

        foreach (var measure in measures)
        {
            if (measure.Meter is not { Length: > 0 } || CodePoints.Count(measure.Meter) > UsageEvent.TextLengthMax)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture, $"meter '{measure.Meter}' must have 1 to {UsageEvent.TextLengthMax} characters");
            }

            if (measure.Per is < 1 or > PerMax)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture, $"meter '{measure.Meter}' is summed per {measure.Per}; use 1 to {PerMax}");
            }

            if (measure.ByColumn is { } by && string.IsNullOrWhiteSpace(by))
                yield return $"meter '{measure.Meter}' is counted by a blank column. Name the column, or omit by";
            if (measure.OtherValue is { } other && (measure.ByColumn is null || string.IsNullOrWhiteSpace(other)))
                yield return $"meter '{measure.Meter}' has the other value '{other}'. Use a value that is not blank, together with by";
        }
    }
}
