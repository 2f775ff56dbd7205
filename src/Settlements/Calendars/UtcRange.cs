using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Settlements.Stores;

/// <summary>
/// A stretch of time in UTC, half-open: the start is in it, the end is not, so ranges that follow one another share no instant
/// and leave none out. A range may be empty, its start and end the same: that is what a day is that a time zone left out.
/// </summary>
/// <param name="Start">The first instant that is in the range. Any offset; kept as UTC.</param>
/// <param name="End">The first instant after the range. Any offset; kept as UTC.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="End"/> is before <paramref name="Start"/>.</exception>
[Experimental("SETTLE001")]
public readonly record struct UtcRange(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>The first instant that is in the range, with offset zero.</summary>
    public DateTimeOffset Start { get; } = Start.ToUniversalTime();

    /// <summary>The first instant after the range, with offset zero; never before <see cref="Start"/>.</summary>
    public DateTimeOffset End { get; } = End >= Start
        ? End.ToUniversalTime()
        : throw new ArgumentOutOfRangeException(
            nameof(End),
            string.Create(
                CultureInfo.InvariantCulture,
                $"A range of time can't end at {End:O}, before its start {Start:O}; give an end at or after the start."));

    /// <summary>How long the range lasts: zero or more. 23 to 25 hours for most days, zero for a day that was left out.</summary>
    public TimeSpan Duration => End - Start;

    /// <summary>Whether an instant is in the range: <c>Start &lt;= instant &lt; End</c>. Its offset doesn't matter.</summary>
    /// <param name="instant">The instant asked about.</param>
    /// <returns><see langword="true"/> when it is; always <see langword="false"/> for an empty range.</returns>
    public bool Contains(DateTimeOffset instant) => instant >= Start && instant < End;

    /// <summary>The two ends in ISO 8601, whatever the current culture; to the second, or to the tick where they have a fraction.</summary>
    /// <returns>For example <c>2024-06-30T15:00:00Z..2024-07-01T15:00:00Z</c>.</returns>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Start:yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'}..{End:yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'}");
}
