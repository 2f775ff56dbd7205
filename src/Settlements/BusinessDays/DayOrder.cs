using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The order in which days are closed: each day once, after the previous day was published, and starting at the instant at which that day
/// ended.
/// </summary>
internal static class DayOrder
{
    /// <summary>Throws unless the close of a day may begin.</summary>
    /// <param name="day">The day.</param>
    /// <param name="range">Its instants.</param>
    /// <param name="last">The last day that is closing or published, which is a different day.</param>
    /// <exception cref="CloseRefusedException">The previous day is not published, or does not end where this day starts.</exception>
    public static void Require(DateOnly day, UtcRange range, BusinessDay last)
    {
        if (last.State != DayState.Published || last.Day.AddDays(1) != day)
        {
            throw new CloseRefusedException(FormattableString.Invariant(
                $"Day {day:O} can't be closed: the last day that is not open is {last.Day:O} ({DayStates.Text(last.State)}). ")
                + "Days close in order, each once.");
        }

        if (last.Range.End != range.Start)
        {
            throw new CloseRefusedException(FormattableString.Invariant(
                $"Day {day:O} can't be closed as {range}: the previous day, {last.Day:O}, was closed as {last.Range}. ")
                + FormattableString.Invariant(
                    $"Days have no gap or overlap: start it at {last.Range.End:yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'}."));
        }
    }
}
