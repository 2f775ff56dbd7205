using Settlement.Calendars;
using Settlement.Rates;

namespace Settlement.Lines;

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
/// <param name="Paid">What its count has been priced and paid, with that day; only under <see cref="RoundingRule.Cumulative"/>, else zero.</param>
/// <param name="Earlier">The day before that had events of it; null when there is none.</param>
public sealed record ItemCounter(
    string Meter, string ItemId, DateOnly Day, string PayeeId, long Quantity, long Life, long Year, long Month, long Week,
    PaidSoFar Paid, EarlierDay? Earlier)
{
    /// <summary>The last published line of the item before the day that is priced; null when there is none, or it was not looked up.</summary>
    public LastLine? LastLine { get; init; }

    /// <summary>The counts with which a day begins.</summary>
    /// <param name="day">The day: the counter's own, which takes that day back, or a later one.</param>
    /// <param name="paidOver">What the item's rate table counts over: when that begins anew with the day, so does what was paid.</param>
    /// <param name="calendar">Tells in which periods the days lie.</param>
    /// <returns>The same item with the quantity of <paramref name="day"/> still 0.</returns>
    internal ItemCounter At(DateOnly day, CountedOver paidOver, BusinessCalendar calendar)
    {
        if (Day > day)
            throw new InvalidOperationException($"Item '{ItemId}' of meter '{Meter}' is counted up to {Day:O}, so {day:O} can't be counted after it.");

        // Taking the day back leaves the counts of its own periods; what was paid is that of the day before, which may lie in others.
        var earlier = Day == day ? Earlier : new EarlierDay(Day, PayeeId, Paid);
        return this with
        {
            Day = day,
            Quantity = 0,
            Life = Day == day ? Life - Quantity : Life,
            Year = Day == day ? Year - Quantity : Continues(Day, CalendarPeriod.Year) ? Year : 0,
            Month = Day == day ? Month - Quantity : Continues(Day, CalendarPeriod.Month) ? Month : 0,
            Week = Day == day ? Week - Quantity : Continues(Day, CalendarPeriod.Week) ? Week : 0,
            Paid = earlier is { } before && GoesOn(before.Day) ? before.Paid : default,
            Earlier = earlier,
        };

        bool Continues(DateOnly before, CalendarPeriod period) => calendar.PeriodOf(day, period).Contains(before);

        bool GoesOn(DateOnly before) => paidOver switch
        {
            CountedOver.Life => true,
            CountedOver.Year => Continues(before, CalendarPeriod.Year),
            CountedOver.Month => Continues(before, CalendarPeriod.Month),
            CountedOver.Week => Continues(before, CalendarPeriod.Week),
            _ => false,
        };
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

/// <summary>Where an item's published lines end: its count has to go on from there.</summary>
/// <param name="Day">The line's day.</param>
/// <param name="PayeeId">Its payee; the last by bytes of that day.</param>
/// <param name="RateScope">The scope of the version that priced it.</param>
/// <param name="RateVersion">The version that priced it.</param>
/// <param name="CumulativeAfter">The count after it.</param>
public sealed record LastLine(DateOnly Day, string PayeeId, string RateScope, string RateVersion, long CumulativeAfter);

/// <summary>What an item's lines came to since its count began.</summary>
/// <param name="Exact">The sum of the exact amounts.</param>
/// <param name="Amount">The sum of the paid amounts.</param>
public readonly record struct PaidSoFar(decimal Exact, decimal Amount);

/// <summary>The day before a counter's own that had events of the item: what is needed to take the counter's day back.</summary>
/// <param name="Day">The day.</param>
/// <param name="PayeeId">Its payee; the last by bytes where it had several.</param>
/// <param name="Paid">What was priced and paid with it.</param>
public sealed record EarlierDay(DateOnly Day, string PayeeId, PaidSoFar Paid);
