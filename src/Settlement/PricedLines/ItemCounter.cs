using Settlement.Calendars;
using Settlement.Rates;

namespace Settlement.PricedLines;

/// <summary>
/// An item's counts as of the end of the last day that had events of it, over everything that a rate table may count over, and how to take
/// that day back: so that doing a day again gives the same. Immutable.
/// </summary>
/// <param name="Meter">What is counted.</param>
/// <param name="ItemId">The item.</param>
/// <param name="Day">The last day that had events of it.</param>
/// <param name="PayeeId">The payee of that day; the last by bytes where it had several.</param>
/// <param name="Quantity">The units of that day.</param>
/// <param name="Life">Units since the item's first event, that day included, as in all that follow.</param>
/// <param name="Year">Units of that day's calendar year.</param>
/// <param name="Month">Units of that day's month.</param>
/// <param name="Week">Units of that day's week.</param>
/// <param name="Earlier">What its count had been priced and paid before that day; only under <see cref="RoundingRule.Telescoping"/>, else zero.</param>
/// <param name="Paid">What is priced and paid with that day; the same.</param>
public sealed record ItemCounter(
    string Meter, string ItemId, DateOnly Day, string PayeeId, long Quantity, long Life, long Year, long Month, long Week,
    PaidSoFar Earlier, PaidSoFar Paid)
{
    /// <summary>The counts with which a day begins.</summary>
    /// <param name="day">The day: the counter's own, which takes that day back, or a later one.</param>
    /// <param name="paidOver">What the item's rate table counts over: when that begins anew with the day, so does what was paid.</param>
    /// <param name="calendar">Tells in which periods the days lie.</param>
    /// <returns>The same item with the quantity of <paramref name="day"/> still 0.</returns>
    internal ItemCounter At(DateOnly day, CountedOver paidOver, BusinessCalendar calendar)
    {
        if (Day > day)
            throw new InvalidOperationException($"Item '{ItemId}' of meter '{Meter}' is counted up to {Day:O}, so {day:O} can't be counted after it.");
        if (Day == day)
        {
            return this with
            {
                Quantity = 0,
                Life = Life - Quantity,
                Year = Year - Quantity,
                Month = Month - Quantity,
                Week = Week - Quantity,
                Paid = Earlier,
            };
        }

        var year = Continues(CalendarPeriod.Year);
        var month = Continues(CalendarPeriod.Month);
        var week = Continues(CalendarPeriod.Week);
        var paid = paidOver switch
        {
            CountedOver.Life => true,
            CountedOver.Year => year,
            CountedOver.Month => month,
            CountedOver.Week => week,
            _ => false,
        };
        return this with
        {
            Day = day,
            Quantity = 0,
            Year = year ? Year : 0,
            Month = month ? Month : 0,
            Week = week ? Week : 0,
            Earlier = paid ? Paid : default,
            Paid = paid ? Paid : default,
        };

        bool Continues(CalendarPeriod period) => calendar.PeriodOf(day, period).Contains(Day);
    }

    /// <summary>The same with more units on the same day.</summary>
    internal ItemCounter Add(long quantity, string payeeId) => this with
    {
        PayeeId = payeeId,
        Quantity = Quantity + quantity,
        Life = Life + quantity,
        Year = Year + quantity,
        Month = Month + quantity,
        Week = Week + quantity,
    };

    /// <summary>The count over what a rate table counts over.</summary>
    internal long Count(CountedOver over) => over switch
    {
        CountedOver.Life => Life,
        CountedOver.Year => Year,
        CountedOver.Month => Month,
        CountedOver.Week => Week,
        _ => Quantity,
    };
}

/// <summary>What an item's lines came to since its count began.</summary>
/// <param name="Exact">The sum of the exact amounts.</param>
/// <param name="Amount">The sum of the paid amounts.</param>
public readonly record struct PaidSoFar(decimal Exact, decimal Amount);
