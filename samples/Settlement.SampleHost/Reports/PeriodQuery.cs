using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace Settlement.SampleHost.Reports;

/// <summary>The period of a request, as in its query: a named period, the day, week or month of a date, or a range of days.</summary>
public sealed record PeriodQuery
{
    [Description(
        "day, week or month, which contains date; today, yesterday, last-closed, this-week, last-week, this-month, last-month or "
            + "this-year, by the "
        + "calendar's time zone; or range, with from and to. Default: range if from or to is given, otherwise week.")]
    [FromQuery(Name = "period")]
    public string? Period { get; init; }

    [Description("A day of the period, yyyy-MM-dd; for day, week and month. Default: the last closed day.")]
    [FromQuery(Name = "date")]
    public string? Date { get; init; }

    [Description("The first day of a range, included; yyyy-MM-dd.")]
    [FromQuery(Name = "from")]
    public string? From { get; init; }

    [Description("The last day of a range, included; yyyy-MM-dd. A range has at most 366 days.")]
    [FromQuery(Name = "to")]
    public string? To { get; init; }
}
