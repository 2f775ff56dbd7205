using Settlement.SampleHost.Languages;
using Settlement.SampleHost.Output;
using Settlement.SampleHost.Reports;

namespace Settlement.SampleHost.Pages.Parts;

/// <summary>A day of a chart, with localised texts.</summary>
/// <param name="Id">The day as yyyy-MM-dd.</param>
/// <param name="Label">The day, formatted.</param>
/// <param name="Tick">The label on the axis, short enough to be horizontal.</param>
/// <param name="IsClosed">Whether the day is closed; an open day has no figures.</param>
/// <param name="Views">Views.</param>
/// <param name="ViewAmount">The amount in KRW.</param>
/// <param name="AdViews">Ad views.</param>
/// <param name="AdAmount">The amount in KRW.</param>
public sealed record TrendPoint(
    string Id, string Label, string Tick, bool IsClosed, long Views, decimal ViewAmount, long AdViews, decimal AdAmount)
{
    public static TrendPoint Of(DayEarnings day, ReportPeriodKind period) => new(
        Text.Day(day.Day), DisplayFormat.ShortDay(day.Day),
        period == ReportPeriodKind.Month ? Text.Number(day.Day.Day) : DisplayFormat.ShortDay(day.Day), day.IsClosed, day.Views,
        day.VideoAmount, day.AdViews, day.AdAmount);
}
