using Settlement.Calendars;
using Settlement.PricedLines;
using Settlement.Rankings;
using Settlement.Rates;
using Settlement.Statements;

namespace Settlement.SampleHost.Reports;

/// <summary>What the page shows of a date: its week and its month. Immutable.</summary>
/// <param name="Date">The date asked for, or the last closed day.</param>
/// <param name="Closed">From the first closed day to the last; null when none is.</param>
/// <param name="ClosedDays">How many days are closed.</param>
/// <param name="Week">The date's week.</param>
/// <param name="Month">The date's month.</param>
/// <param name="Top">The week's first items.</param>
/// <param name="BestPaid">The month's best paid payees.</param>
/// <param name="PayeesCount">How many payees the month has.</param>
/// <param name="Days">Each day of the month.</param>
/// <param name="Total">What the month came to.</param>
/// <param name="Explanation">The first line of the week's first item; null without.</param>
public sealed record Report(
    DateOnly Date, DateRange? Closed, int ClosedDays, DateRange Week, DateRange Month, IReadOnlyList<RankedItem> Top,
    IReadOnlyList<PayeeTotal> BestPaid, int PayeesCount, IReadOnlyList<ReportDay> Days, Money Total, LineExplanation? Explanation);

/// <summary>A day of the month.</summary>
/// <param name="Day">The day.</param>
/// <param name="IsClosed">Whether it is closed; one that is open has no amounts.</param>
/// <param name="Views">What its views came to.</param>
/// <param name="AdViews">What its ad views came to.</param>
public sealed record ReportDay(DateOnly Day, bool IsClosed, decimal Views, decimal AdViews)
{
    public decimal Total => Views + AdViews;
}
