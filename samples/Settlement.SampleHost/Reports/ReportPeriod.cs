using System.Globalization;
using System.Text.Json.Serialization;
using Settlement.SampleHost.Hosting;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>A requested period and its closed days; figures of the period include only these.</summary>
/// <param name="Period">Day, week or month.</param>
/// <param name="Date">The requested day within the period.</param>
/// <param name="First">The first day, included.</param>
/// <param name="Last">The last day, included.</param>
/// <param name="ClosedDays">The number of closed days.</param>
public sealed record ReportPeriod(CalendarPeriod Period, DateOnly Date, DateOnly First, DateOnly Last, int ClosedDays)
{
    [JsonIgnore]
    public DateRange Days => new(First, Last);

    /// <summary>From the first closed day of the period to the last; null if no day is closed.</summary>
    [JsonIgnore]
    public DateRange? Closed { get; init; }

    public bool IsClosed(DateOnly day) => Closed is { } closed && closed.First <= day && day <= closed.Last;
}

/// <summary>Parses the periods of requests. Thread-safe.</summary>
internal sealed class Periods(SettlementEngine engine, BusinessCalendar calendar, TimeProvider clock)
{
    private static readonly DateRange AllDays = new(BusinessCalendar.FirstDay, BusinessCalendar.LastDay);

    /// <summary>Parses a period and reads its closed days.</summary>
    /// <param name="period">day, week or month; null for week.</param>
    /// <param name="date">yyyy-MM-dd; null for the last closed day, or today if no day is closed.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<ReportPeriod> ReadAsync(string? period, string? date, CancellationToken cancellationToken)
    {
        var kind = period switch
        {
            null or "" or "week" => CalendarPeriod.Week,
            "day" => CalendarPeriod.Day,
            "month" => CalendarPeriod.Month,
            _ => throw PlatformException.BadRequest($"period is '{period}'. Use day, week or month."),
        };
        var day = string.IsNullOrEmpty(date) ? await FindLatestAsync(cancellationToken) : ReadDay(date, nameof(date));
        return await OfAsync(kind, day, cancellationToken);
    }

    public async Task<ReportPeriod> OfAsync(CalendarPeriod period, DateOnly date, CancellationToken cancellationToken)
    {
        var days = calendar.PeriodOf(date, period);
        var published = await engine.Days.ListPublishedAsync(days, cancellationToken);
        return new ReportPeriod(period, date, days.First, days.Last, published.Count)
        {
            Closed = published.Count > 0 ? new DateRange(published[0].Day, published[^1].Day) : null,
        };
    }

    /// <summary>Returns the last closed day, or today if no day is closed.</summary>
    public async Task<DateOnly> FindLatestAsync(CancellationToken cancellationToken) =>
        (await FindClosedAsync(cancellationToken))?.Last ?? calendar.DayOf(clock.GetUtcNow());

    /// <summary>Returns the range from the first closed day to the last; null if no day is closed.</summary>
    public async Task<DateRange?> FindClosedAsync(CancellationToken cancellationToken) =>
        await engine.Days.ListPublishedAsync(AllDays, cancellationToken) is { Count: > 0 } published
            ? new DateRange(published[0].Day, published[^1].Day)
            : null;

    /// <summary>Parses a date, at least a month away from the limits of the calendar.</summary>
    public static DateOnly ReadDay(string? text, string name) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day > BusinessCalendar.FirstDay.AddMonths(1) && day < BusinessCalendar.LastDay.AddMonths(-1)
            ? day
            : throw PlatformException.BadRequest($"{name} is '{text}'. Use a day as yyyy-MM-dd, for example 2017-10-22.");
}
