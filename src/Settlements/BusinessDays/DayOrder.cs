using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The order in which days close: each once, after the day before was published, and from the instant at which that one ended.
/// </summary>
internal static class DayOrder
{
    /// <summary>Requires that a day may begin to close.</summary>
    /// <param name="day">The day.</param>
    /// <param name="range">Its instants.</param>
    /// <param name="last">The last day that is closing or published: another one.</param>
    /// <exception cref="CloseRefusedException">It may not.</exception>
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
                $"Day {day:O} can't be closed as {range}: the day before, {last.Day:O}, was closed as {last.Range}. Days meet exactly: ")
                + "close it from where the day before ended.");
        }
    }
}
