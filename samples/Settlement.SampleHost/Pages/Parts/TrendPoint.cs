using Settlement.SampleHost.Languages;
using Settlement.SampleHost.Output;
using Settlement.SampleHost.Reports;

namespace Settlement.SampleHost.Pages.Parts;

/// <summary>A day or a week of a chart, with localised texts. The figures of a week are those of its closed days.</summary>
/// <param name="Id">The first day as yyyy-MM-dd.</param>
/// <param name="Label">The days, formatted.</param>
/// <param name="Tick">The label on the axis, short enough to be horizontal.</param>
/// <param name="IsClosed">Whether a day of the point is closed; an open day has no figures.</param>
/// <param name="Views">Views.</param>
/// <param name="ViewAmount">The amount in KRW.</param>
/// <param name="AdViews">Ad views.</param>
/// <param name="AdAmount">The amount in KRW.</param>
/// <param name="IsWeek">Whether the point is a week.</param>
/// <param name="IsBefore">Whether all its days are before the first event.</param>
public sealed record TrendPoint(
    string Id, string Label, string Tick, bool IsClosed, long Views, decimal ViewAmount, long AdViews, decimal AdAmount,
    bool IsWeek = false, bool IsBefore = false)
{
    /// <summary>Whether the point will have figures later.</summary>
    public bool IsOpen => !IsClosed && !IsBefore;

    /// <summary>The key of the text that stands in place of figures.</summary>
    public string NoFigures => IsBefore ? "day.before" : "day.open";

    /// <summary>Longer periods are drawn by week: bars of single days would be too narrow, and the page too large.</summary>
    public const int DaysMax = 62;

    /// <summary>Returns the points of a period: its days, or the weeks from Monday to Sunday of one that is longer than
    /// <see cref="DaysMax"/>. The first and the last week end with the period.</summary>
    public static List<TrendPoint> List(IReadOnlyList<DayEarnings> days, ReportPeriodKind period) => days.Count <= DaysMax
        ? [.. days.Select(d => Of([d], period, isWeek: false))]
        : [.. days.GroupBy(d => d.Day.AddDays(-(((int)d.Day.DayOfWeek + 6) % 7))).Select(week => Of([.. week], period, isWeek: true))];

    /// <summary>Returns the key of a text about days, or of the one about weeks.</summary>
    public static string Key(IReadOnlyList<TrendPoint> points, string key) => points.Count > 0 && points[0].IsWeek ? $"{key}.weeks" : key;

    private static TrendPoint Of(IReadOnlyList<DayEarnings> days, ReportPeriodKind period, bool isWeek)
    {
        var (first, last) = (days[0].Day, days[^1].Day);
        var label = first == last ? DisplayFormat.ShortDay(first) : $"{DisplayFormat.ShortDay(first)} – {DisplayFormat.ShortDay(last)}";
        return new(
            Text.Day(first), label, period == ReportPeriodKind.Month ? Text.Number(first.Day) : DisplayFormat.ShortDay(first),
            days.Any(d => d.IsClosed), days.Sum(d => d.Views), days.Sum(d => d.VideoAmount), days.Sum(d => d.AdViews),
            days.Sum(d => d.AdAmount), isWeek, days.All(d => d.IsBeforeFirst));
    }
}
