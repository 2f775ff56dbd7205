using System.Text.Json.Serialization;
using Settlement.SampleHost.Output;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>The kind of a report's period.</summary>
public enum ReportPeriodKind
{
    Day,
    Week,
    Month,

    /// <summary>A free range of days.</summary>
    Range,
}

/// <summary>A requested period and its closed days; figures of the period include only these.</summary>
/// <param name="Period">Day, week, month or range.</param>
/// <param name="Date">The requested day within the period; the first day of a range.</param>
/// <param name="First">The first day, included.</param>
/// <param name="Last">The last day, included.</param>
/// <param name="ClosedDays">The number of closed days.</param>
/// <param name="OpenDays">The number of days that have begun and are not closed: their figures are not known yet.</param>
public sealed record ReportPeriod(
    ReportPeriodKind Period, DateOnly Date, DateOnly First, DateOnly Last, int ClosedDays, int OpenDays)
{
    [JsonIgnore]
    public DateRange Days => new(First, Last);

    /// <summary>From the first closed day of the period to the last; null if no day is closed.</summary>
    [JsonIgnore]
    public DateRange? Closed { get; init; }

    /// <summary>From the first open day of the period to the last that has begun; null if there is none.</summary>
    [JsonIgnore]
    public DateRange? Open { get; init; }

    /// <summary>The first day that is not closed, within the period or not; days before it have no more to come.</summary>
    [JsonIgnore]
    public DateOnly FirstOpen { get; init; }

    /// <summary>Whether no day of the period has begun.</summary>
    [JsonIgnore]
    public bool IsFuture { get; init; }

    /// <summary>Whether nothing of the period is known yet, so that a figure of 0 would be false.</summary>
    [JsonIgnore]
    public bool IsUnsettled => Closed is null && (Open is not null || IsFuture);

    /// <summary>Whether all days of the period are closed, so that its figures are final.</summary>
    [JsonIgnore]
    public bool IsComplete => ClosedDays == Days.Days;

    /// <summary>The query parameters of this period.</summary>
    [JsonIgnore]
    public IReadOnlyList<(string Name, string? Value)> Query => QueryOf(Period, Date, First, Last);

    public bool IsClosed(DateOnly day) => Closed is { } closed && closed.First <= day && day <= closed.Last;

    /// <summary>Whether a day is before the first event: it is never closed.</summary>
    public bool IsBeforeFirst(DateOnly day) => !IsClosed(day) && day < FirstOpen;

    /// <summary>
    /// Returns the query parameters of the period of the same kind and length that begins after this one, or ends before.
    /// </summary>
    public IReadOnlyList<(string Name, string? Value)> Step(int direction)
    {
        var date = direction > 0 ? Last.AddDays(1) : First.AddDays(-1);
        return Period == ReportPeriodKind.Range
            ? QueryOf(Period, date, First.AddDays(direction * Days.Days), Last.AddDays(direction * Days.Days))
            : QueryOf(Period, date, date, date);
    }

    private static IReadOnlyList<(string Name, string? Value)> QueryOf(
        ReportPeriodKind kind, DateOnly date, DateOnly first, DateOnly last) => kind switch
        {
            ReportPeriodKind.Range => [("period", "range"), ("from", Text.Day(first)), ("to", Text.Day(last))],
            ReportPeriodKind.Day => [("period", "day"), ("date", Text.Day(date))],
            ReportPeriodKind.Week => [("period", "week"), ("date", Text.Day(date))],
            _ => [("period", "month"), ("date", Text.Day(date))],
        };
}
