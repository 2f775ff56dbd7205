using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Settlements.Stores;

/// <summary>
/// A half-open range of time in UTC: the start is included, the end is excluded, so consecutive ranges have no gap or overlap. A range is
/// empty when start and end are equal, as for a date that a time zone skipped.
/// </summary>
/// <exception cref="ArgumentOutOfRangeException"><see cref="End"/> is before <see cref="Start"/>.</exception>
[Experimental("SETTLE001")]
public readonly record struct UtcRange(DateTimeOffset Start, DateTimeOffset End)
{


    /// <summary>The first instant in the range, with offset zero.</summary>
    public DateTimeOffset Start { get; } = Start.ToUniversalTime();

    /// <summary>The first instant after the range, with offset zero; never before <see cref="Start"/>.</summary>
    public DateTimeOffset End { get; } = End >= Start
        ? End.ToUniversalTime()
        : throw new ArgumentOutOfRangeException(
            nameof(End),
            string.Create(
                CultureInfo.InvariantCulture,
                $"A range of time can't end at {End:O}, before its start {Start:O}. Use an end at or after the start."));

    /// <summary>The length of the range: zero or more. 23 to 25 hours for most days, zero for a skipped date.</summary>
    public TimeSpan Duration => End - Start;

    /// <summary>Returns whether an instant is in the range: <c>Start &lt;= instant &lt; End</c>.</summary>
    /// <param name="instant">The instant; its offset is irrelevant.</param>
    /// <returns><see langword="true"/> when it is in the range; always <see langword="false"/> for an empty range.</returns>
    public bool Contains(DateTimeOffset instant) => instant >= Start && instant < End;

    /// <summary>
    /// Returns both ends in ISO 8601, independent of the current culture, with a fraction of a second only where there is one.
    /// </summary>
    /// <returns>For example <c>2024-06-30T15:00:00Z..2024-07-01T15:00:00Z</c>.</returns>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Start:yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'}..{End:yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'}");
}
