using System.Globalization;
using System.Text.Json.Serialization;
using Settlement.SampleHost.Hosting;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>A period that was asked for, and how much of it is closed: its figures are those of these days.</summary>
/// <param name="Period">Day, week or month.</param>
/// <param name="Date">A day of it.</param>
/// <param name="First">Its first day, included.</param>
/// <param name="Last">Its last day, included.</param>
/// <param name="ClosedDays">How many of its days are closed.</param>
public sealed record ReportPeriod(CalendarPeriod Period, DateOnly Date, DateOnly First, DateOnly Last, int ClosedDays)
{
    [JsonIgnore]
    public DateRange Days => new(First, Last);

    /// <summary>From its first closed day to its last; null when none is.</summary>
    [JsonIgnore]
    public DateRange? Closed { get; init; }

    public bool IsClosed(DateOnly day) => Closed is { } closed && closed.First <= day && day <= closed.Last;
}

/// <summary>Reads what requests say of periods. Thread-safe.</summary>
internal sealed class Periods(SettlementEngine engine, BusinessCalendar calendar, TimeProvider clock)
{
    private static readonly DateRange AllDays = new(BusinessCalendar.FirstDay, BusinessCalendar.LastDay);

    /// <param name="period">day, week or month; null for the week.</param>
    /// <param name="date">yyyy-MM-dd; null for the last closed day, or today when none is.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
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

    /// <summary>The last closed day, or today.</summary>
    public async Task<DateOnly> FindLatestAsync(CancellationToken cancellationToken) =>
        (await FindClosedAsync(cancellationToken))?.Last ?? calendar.DayOf(clock.GetUtcNow());

    /// <summary>From the first closed day to the last; null when none is.</summary>
    public async Task<DateRange?> FindClosedAsync(CancellationToken cancellationToken) =>
        await engine.Days.ListPublishedAsync(AllDays, cancellationToken) is { Count: > 0 } published ? new DateRange(published[0].Day, published[^1].Day) : null;

    /// <summary>A date that has a whole month around it.</summary>
    public static DateOnly ReadDay(string? text, string name) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day > BusinessCalendar.FirstDay.AddMonths(1) && day < BusinessCalendar.LastDay.AddMonths(-1)
            ? day
            : throw PlatformException.BadRequest($"{name} is '{text}'. Write a day as yyyy-MM-dd, for example 2017-10-22.");
}
