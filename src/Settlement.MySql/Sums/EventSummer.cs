using MySqlConnector;
using Settlement.BillableEvents;
using Settlement.BusinessDays;
using Settlement.Sums;

namespace Settlement.MySql.Sums;

/// <summary>Sums a chunk's rows by the plan that the options say.</summary>
internal static class EventSummer
{
    public static async Task<long> SumAsync(
        MySqlConnection connection, EventSource? source, DateOnly day, SettledCalendar calendar, string? bounds, SumPlan plan,
        TotalsAccumulator totals, CancellationToken cancellationToken)
    {
        var range = calendar.RangeOf(day);
        var keys = bounds is null ? null : KeyRange.Parse(bounds);
        if (source is not null)
        {
            var table = await SourceTable.FindAsync(connection, source, cancellationToken).ConfigureAwait(false);
            var rows = EventRows.Of(table, range);
            var counted = plan == SumPlan.ServerGroupBy
                ? await SourceGroups.SumAsync(connection, table, rows, keys ?? KeyRange.All, totals, cancellationToken).ConfigureAwait(false)
                : await SourceStream.SumAsync(connection, table, rows, keys ?? KeyRange.All, totals, cancellationToken).ConfigureAwait(false);
            await SourceInstants.CheckAsync(connection, table, rows, range, keys ?? KeyRange.All, cancellationToken).ConfigureAwait(false);
            return counted;
        }

        var count = 0L;
        if (keys is not { Late: true })
        {
            count += plan == SumPlan.ServerGroupBy
                ? await OwnEvents.SumGroupsAsync(connection, EventRows.OnTime(range), keys ?? KeyRange.All, totals, cancellationToken).ConfigureAwait(false)
                : await OwnEvents.SumAsync(connection, EventRows.OnTime(range), keys ?? KeyRange.All, totals, cancellationToken).ConfigureAwait(false);
        }

        if (keys is null or { Late: true })
            count += await OwnEvents.SumLateAsync(connection, EventRows.Late(day), keys ?? KeyRange.All, calendar, totals, cancellationToken).ConfigureAwait(false);
        return count;
    }
}
