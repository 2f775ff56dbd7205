using System.Globalization;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Output;
using Settlement.SampleHost.Usage;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>Parses the periods of requests. Thread-safe.</summary>
internal sealed class Periods(SettlementEngine engine, NextDay nextDay, BusinessCalendar calendar, TimeProvider clock)
{
    /// <summary>The maximum number of days of a free range.</summary>
    public const int RangeDaysMax = 366;

    /// <summary>The named periods, which are relative to today or to the last closed day.</summary>
    public static readonly string[] Names =
        ["today", "yesterday", "last-closed", "this-week", "last-week", "this-month", "last-month", "this-year"];

    private static readonly DateRange AllDays = new(BusinessCalendar.FirstDay, BusinessCalendar.LastDay);

    /// <summary>The current day in the calendar's time zone.</summary>
    public DateOnly Today => calendar.DayOf(clock.GetUtcNow());

    /// <summary>Parses a period and reads its closed days.</summary>
    public Task<ReportPeriod> ReadAsync(string? period, string? date, CancellationToken cancellationToken) =>
        ReadAsync(new PeriodQuery { Period = period, Date = date }, cancellationToken);

    /// <summary>Parses a period and reads its closed days.</summary>
    /// <exception cref="PlatformException">The period is invalid.</exception>
    public async Task<ReportPeriod> ReadAsync(PeriodQuery query, CancellationToken cancellationToken)
    {
        var isRange = !string.IsNullOrEmpty(query.From) || !string.IsNullOrEmpty(query.To);
        var period = string.IsNullOrEmpty(query.Period) ? isRange ? "range" : "week" : query.Period;
        if (period == "range")
            return await OfRangeAsync(ReadRange(query), cancellationToken);
        if (isRange)
        {
            throw PlatformException.BadRequest($"period is '{period}' and from or to is given. Omit the period, or from and to.")
                .Localized("period.error.both");
        }

        var kind = period switch
        {
            "day" => ReportPeriodKind.Day,
            "week" => ReportPeriodKind.Week,
            "month" => ReportPeriodKind.Month,
            _ when Names.Contains(period) => (ReportPeriodKind?)null,
            _ => throw PlatformException.BadRequest(
                    $"period is '{period}'. Use day, week or month with date, range with from and to, or {string.Join(", ", Names)}.")
                .Localized("period.error.name", period),
        };
        if (kind is { } given)
            return await OfAsync(given, string.IsNullOrEmpty(query.Date) ? await FindLatestAsync(cancellationToken)
                : ReadDay(query.Date, "date"), cancellationToken);
        var (named, day) = Resolve(period, await FindLatestAsync(cancellationToken));
        return named == ReportPeriodKind.Range
            ? await OfRangeAsync(YearOf(day), cancellationToken)
            : await OfAsync(named, day, cancellationToken);
    }

    /// <summary>Returns the kind of a named period and a day in it; a year is a range.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="latest">The last closed day, or today if no day is closed.</param>
    public (ReportPeriodKind Kind, DateOnly Date) Resolve(string name, DateOnly latest) => name switch
    {
        "today" => (ReportPeriodKind.Day, Today),
        "yesterday" => (ReportPeriodKind.Day, Today.AddDays(-1)),
        "last-closed" => (ReportPeriodKind.Day, latest),
        "this-week" => (ReportPeriodKind.Week, Today),
        "last-week" => (ReportPeriodKind.Week, Today.AddDays(-7)),
        "this-month" => (ReportPeriodKind.Month, Today),
        "this-year" => (ReportPeriodKind.Range, Today),
        _ => (ReportPeriodKind.Month, Today.AddMonths(-1)),
    };

    /// <summary>Returns the first and the last day of a day, week or month, or of the year for a range.</summary>
    public DateRange DaysOf(ReportPeriodKind kind, DateOnly date) =>
        kind == ReportPeriodKind.Range ? YearOf(date) : calendar.PeriodOf(date, ToCalendar(kind));

    public static CalendarPeriod ToCalendar(ReportPeriodKind kind) => kind switch
    {
        ReportPeriodKind.Day => CalendarPeriod.Day,
        ReportPeriodKind.Week => CalendarPeriod.Week,
        ReportPeriodKind.Month => CalendarPeriod.Month,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A range is not a period of the calendar."),
    };

    public Task<ReportPeriod> OfAsync(ReportPeriodKind kind, DateOnly date, CancellationToken cancellationToken) =>
        ReadClosedAsync(kind, date, DaysOf(kind, date), cancellationToken);

    public Task<ReportPeriod> OfRangeAsync(DateRange days, CancellationToken cancellationToken) =>
        ReadClosedAsync(ReportPeriodKind.Range, days.First, days, cancellationToken);

    /// <summary>Returns the last closed day, or today if no day is closed.</summary>
    public async Task<DateOnly> FindLatestAsync(CancellationToken cancellationToken) =>
        (await FindClosedAsync(cancellationToken))?.Last ?? Today;

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
            : throw PlatformException.BadRequest($"{name} is '{text}'. Use a day as yyyy-MM-dd, for example 2017-10-22.")
                .Localized("period.error.day", name, text ?? "");

    private static DateRange ReadRange(PeriodQuery query)
    {
        if (!string.IsNullOrEmpty(query.Date))
        {
            throw PlatformException.BadRequest("period is range and date is given. Use from and to.")
                .Localized("period.error.both");
        }

        if (string.IsNullOrEmpty(query.From) || string.IsNullOrEmpty(query.To))
        {
            throw PlatformException.BadRequest(
                    $"{(string.IsNullOrEmpty(query.From) ? "from" : "to")} is missing. A range needs from and to, both as yyyy-MM-dd.")
                .Localized("period.error.missing");
        }

        var (from, to) = (ReadDay(query.From, "from"), ReadDay(query.To, "to"));
        if (from > to)
        {
            throw PlatformException.BadRequest($"from is {Text.Day(from)}, after to, {Text.Day(to)}. Both days are included in the range.")
                .Localized("period.error.order");
        }

        var days = new DateRange(from, to);
        return days.Days <= RangeDaysMax
            ? days
            : throw PlatformException.BadRequest(
                    $"The range {Text.Days(days)} has {Text.Number(days.Days)} days. Use at most {RangeDaysMax} days.")
                .Localized("period.error.long", Text.Number(days.Days), RangeDaysMax);
    }

    private async Task<ReportPeriod> ReadClosedAsync(
        ReportPeriodKind kind, DateOnly date, DateRange days, CancellationToken cancellationToken)
    {
        var published = await engine.Days.ListPublishedAsync(days, cancellationToken);
        var today = Today;
        var next = await nextDay.FindAsync(cancellationToken) ?? today;
        var (openFirst, openLast) = (Max(days.First, next), Min(days.Last, today));
        var open = openFirst <= openLast ? new DateRange(openFirst, openLast) : (DateRange?)null;
        return new ReportPeriod(kind, date, days.First, days.Last, published.Count, open?.Days ?? 0)
        {
            Closed = published.Count > 0 ? new DateRange(published[0].Day, published[^1].Day) : null,
            Open = open,
            FirstOpen = next,
            IsFuture = days.First > today,
        };
    }

    private static DateRange YearOf(DateOnly date) => new(new DateOnly(date.Year, 1, 1), new DateOnly(date.Year, 12, 31));

    private static DateOnly Min(DateOnly a, DateOnly b) => a < b ? a : b;

    private static DateOnly Max(DateOnly a, DateOnly b) => a > b ? a : b;
}
