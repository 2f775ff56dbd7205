using Settlement.BusinessDays;
using Settlement.Calendars;
using Settlement.DailyTotals;
using Settlement.PricedLines;
using Settlement.Rankings;
using Settlement.Rates;

namespace Settlement.SampleHost.Reports;

/// <summary>Reads what the page shows. Thread-safe.</summary>
internal sealed class ReportReader(SettlementEngine engine, BusinessCalendar calendar)
{
    public const int PlacesShown = 5;

    private static readonly DateRange AllDays = new(BusinessCalendar.FirstDay, BusinessCalendar.LastDay);

    public async Task<DateRange?> FindClosedAsync(CancellationToken cancellationToken) =>
        Range(await engine.Days.ListPublishedAsync(AllDays, cancellationToken));

    public async Task<Report> ReadAsync(DateOnly? asked, CancellationToken cancellationToken)
    {
        var published = await engine.Days.ListPublishedAsync(AllDays, cancellationToken);
        var closed = Range(published);
        var date = asked ?? closed?.Last ?? new DateOnly(2017, 10, 22);
        var (week, month) = (calendar.PeriodOf(date, CalendarPeriod.Week), calendar.PeriodOf(date, CalendarPeriod.Month));
        var top = await engine.Rankings.TopAsync(CalendarPeriod.Week, date, SampleRules.Views, PlacesShown, payeeId: null, cancellationToken);
        var payees = await engine.Statements.ReadAllAsync(CalendarPeriod.Month, date, cancellationToken);
        var days = await ReadDaysAsync(month, published, cancellationToken);
        return new Report(
            date, closed, published.Count, week, month, top, [.. payees.Take(PlacesShown)], payees.Count, days,
            new Money(days.Sum(d => d.Total), Currency.KRW), await ExplainAsync(week, top, cancellationToken));
    }

    private static DateRange? Range(IReadOnlyList<BusinessDay> days) => days.Count == 0 ? null : new DateRange(days[0].Day, days[^1].Day);

    private async Task<IReadOnlyList<ReportDay>> ReadDaysAsync(
        DateRange month, IReadOnlyList<BusinessDay> published, CancellationToken cancellationToken)
    {
        var sums = new Dictionary<(DateOnly Day, string Meter), decimal>();
        await foreach (var line in engine.Lines.ReadAsync(month, filter: null, cancellationToken))
            sums[(line.Day, line.Meter)] = sums.GetValueOrDefault((line.Day, line.Meter)) + line.Amount;
        var closed = published.Select(d => d.Day).ToHashSet();
        return [.. month.Each().Select(day => new ReportDay(
            day, closed.Contains(day), sums.GetValueOrDefault((day, SampleRules.Views)), sums.GetValueOrDefault((day, SampleRules.AdViews))))];
    }

    /// <summary>The week's first line of its first item: an example of how any line is explained.</summary>
    private async Task<LineExplanation?> ExplainAsync(DateRange week, IReadOnlyList<RankedItem> top, CancellationToken cancellationToken)
    {
        if (top.Count == 0)
            return null;
        await foreach (var line in engine.Lines.ReadAsync(week, new ItemFilter(SampleRules.Views, top[0].ItemId), cancellationToken))
            return (await engine.Lines.ExplainAsync(line.Day, line.Meter, line.ItemId, cancellationToken))[0];
        return null;
    }
}
