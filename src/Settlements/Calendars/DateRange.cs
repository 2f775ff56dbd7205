using System.Globalization;

namespace Settlements;

/// <summary>
/// A stretch of business days. Both ends are part of the range, because people name periods by the days that are in them:
/// a week is Monday to Sunday. A range holds at least one day.
/// </summary>
/// <param name="First">The first day, included.</param>
/// <param name="Last">The last day, included.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="Last"/> is before <paramref name="First"/>.</exception>
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
                $"A date range can't end on {Last:O}, before its first day {First:O}; give a last day on or after the first."));

    /// <summary>How many days the range holds, both ends counted: 1 or more.</summary>
    public int Days => Last.DayNumber - First.DayNumber + 1;

    /// <summary>Whether a day is in the range. Both ends are.</summary>
    /// <param name="day">The day asked about.</param>
    /// <returns><see langword="true"/> from <see cref="First"/> to <see cref="Last"/>, both included.</returns>
    public bool Contains(DateOnly day) => day >= First && day <= Last;

    /// <summary>Every day of the range in order, both ends included.</summary>
    /// <returns>The <see cref="Days"/> days, made one at a time.</returns>
    public IEnumerable<DateOnly> Each()
    {
        for (var number = First.DayNumber; number <= Last.DayNumber; number++)
            yield return DateOnly.FromDayNumber(number);
    }

    /// <summary>The two ends in ISO 8601, whatever the current culture.</summary>
    /// <returns>For example <c>2024-07-01..2024-07-07</c>.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First:O}..{Last:O}");
}
