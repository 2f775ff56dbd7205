namespace Settlements;

/// <summary>
/// Thrown by the publication of a day whose rates have changed since its run priced it: a version was approved, or the application's source
/// returns others. The close is repeated with the new rates.
/// </summary>
internal sealed class RatesChangedException(DateOnly day) : Exception(FormattableString.Invariant(
    $"Day {day:O} is not published: its rates have changed since the run priced it. The close is repeated with the new rates."));
