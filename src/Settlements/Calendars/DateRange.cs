using System.Globalization;

namespace Settlements;

/// <summary>
/// A range of business days. Both ends are included, as in common usage: a week is Monday to Sunday. A range has at least one day.
/// </summary>
/// <exception cref="ArgumentOutOfRangeException"><see cref="Last"/> is before <see cref="First"/>.</exception>
public readonly record struct DateRange(DateOnly First, DateOnly Last)
{


    /// <summary>The first day, included.</summary>
    public DateOnly First { get; } = First;

    /// <summary>The last day, included; never before <see cref="First"/>.</summary>
    public DateOnly Last { get; } = Last >= First
        ? Last
        : throw new ArgumentOutOfRangeException(
            nameof(Last),
            string.Create(
                CultureInfo.InvariantCulture,
                $"A date range can't end on {Last:O}, before its first day {First:O}. Use a last day on or after the first day."));

    /// <summary>The number of days in the range, both ends included: 1 or more.</summary>
    public int Days => Last.DayNumber - First.DayNumber + 1;

    /// <summary>Returns whether a day is in the range, both ends included.</summary>
    /// <param name="day">The day.</param>
    /// <returns><see langword="true"/> from <see cref="First"/> to <see cref="Last"/>, both included.</returns>
    public bool Contains(DateOnly day) => day >= First && day <= Last;

    /// <summary>Enumerates the days of the range in order, both ends included.</summary>
    /// <returns>A lazy sequence of <see cref="Days"/> days.</returns>
    public IEnumerable<DateOnly> Each()
    {
        for (var number = First.DayNumber; number <= Last.DayNumber; number++)
            yield return DateOnly.FromDayNumber(number);
    }

    /// <summary>Returns both ends in ISO 8601, independent of the current culture.</summary>
    /// <returns>For example <c>2024-07-01..2024-07-07</c>.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First:O}..{Last:O}");
}
