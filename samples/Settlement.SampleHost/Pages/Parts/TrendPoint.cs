using Settlement.SampleHost.Languages;
using Settlement.SampleHost.Output;
using Settlement.SampleHost.Reports;
using Settlements;

namespace Settlement.SampleHost.Pages.Parts;

/// <summary>A day of a chart, with its texts in the language of the page: what an interactive part is given.</summary>
/// <param name="Id">The day as yyyy-MM-dd.</param>
/// <param name="Label">The day as people write it.</param>
/// <param name="Tick">What the axis says: short enough to stand upright.</param>
/// <param name="IsClosed">Whether it is closed; one that is open has no figures yet.</param>
/// <param name="Views">Views.</param>
/// <param name="ViewAmount">What they come to, in won.</param>
/// <param name="AdViews">Ad views.</param>
/// <param name="AdAmount">What they come to, in won.</param>
public sealed record TrendPoint(string Id, string Label, string Tick, bool IsClosed, long Views, decimal ViewAmount, long AdViews, decimal AdAmount)
{
    public static TrendPoint Of(DayEarnings day, CalendarPeriod period) => new(
        Text.Day(day.Day), DisplayFormat.ShortDay(day.Day), period == CalendarPeriod.Month ? Text.Number(day.Day.Day) : DisplayFormat.ShortDay(day.Day), day.IsClosed, day.Views, day.VideoAmount, day.AdViews, day.AdAmount);
}
