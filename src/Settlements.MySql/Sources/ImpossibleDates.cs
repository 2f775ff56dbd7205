using System.Globalization;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Conditions for dates that a server may store but that don't exist: 0000-00-00, 2024-02-00, 2024-02-30. They are stored by connections
/// without NO_ZERO_IN_DATE, or with ALLOW_INVALID_DATES, and the driver can't represent them.
/// </summary>
internal static class ImpossibleDates
{
    /// <summary>
    /// Returns a condition that can use an index: such dates sort between the last microsecond of a month and the first of the next, where
    /// no valid value is.
    /// </summary>
    /// <param name="name">The column in a statement.</param>
    /// <param name="months">The first instants of months, in UTC.</param>
    /// <returns>The condition; null if there are no months.</returns>
    public static string? Before(string name, IEnumerable<DateTime> months)
    {
        var gaps = months.Select(month => string.Create(
            CultureInfo.InvariantCulture,
            $"({name} > '{month.AddMicroseconds(-1):yyyy-MM-dd HH:mm:ss.ffffff}' AND {name} < '{month:yyyy-MM-dd HH:mm:ss}')")).ToList();
        return gaps.Count == 0 ? null : $"({string.Join(" OR ", gaps)})";
    }

    /// <summary>Returns a condition that is evaluated for each row.</summary>
    public static string Of(string name)
    {
        return $"""
            (dayofmonth({name}) = 0 OR month({name}) = 0 OR dayofmonth({name}) > CASE WHEN month({name}) IN (4, 6, 9, 11) THEN 30
                WHEN month({name}) <> 2 THEN 31
                    WHEN year({name}) % 4 = 0 AND (year({name}) % 100 <> 0 OR year({name}) % 400 = 0) THEN 29 ELSE 28 END)
            """;
    }

    /// <summary>
    /// Returns the first instants of the months that start in a range or at its end, before which impossible dates of the range sort.
    /// </summary>
    public static IEnumerable<DateTime> Months(UtcRange range)
    {
        var start = range.Start.UtcDateTime;
        for (var month = new DateTime(
            start.Year, start.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(1); month <= range.End.UtcDateTime; month = month.AddMonths(1))
            yield return month;
    }
}
