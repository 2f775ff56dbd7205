using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Changes an open day to closing, under the exclusive writer lock: no event is written meanwhile.</summary>
internal static class DayClosing
{
    public static async Task<BusinessDay> BeginAsync(
        MySqlDatabase database, MySqlConnection connection, MySqlTransaction transaction, DateOnly day, UtcRange range, string calendar,
        DateTime now,
        CancellationToken cancellationToken)
    {
        await WriterLock.AcquireExclusiveAsync(database, connection, transaction, cancellationToken).ConfigureAwait(false);
        var last = await FindLastAsync(connection, transaction, day).ConfigureAwait(false);
        if (last is { State: DayState.Closing } && (last.Day, last.Range, last.Calendar) != (day, range, calendar)
            && !await HasPublishedAsync(connection, transaction).ConfigureAwait(false))
        {
            await RevertAbandonedCountersAsync(connection, transaction, now).ConfigureAwait(false);
            last = null;
        }

        if (last?.Day == day)
            return last;
        if (last is not null)
            DayOrder.Require(day, range, last);
        else
            await LateEvents.PostEarlierAsync(connection, transaction, day, range).ConfigureAwait(false);
        await connection.ExecuteAsync(
            $"""
            INSERT INTO business_days (day, state, starts_at, ends_at, calendar) VALUES (@day, 'closing', @startsAt, @endsAt, @calendar);
            {WriterLock.SetClosed}
            """,
            new { day = Sql.Day(day), startsAt = Sql.Instant(range.Start), endsAt = Sql.Instant(range.End), calendar }, transaction)
                .ConfigureAwait(false);
        return new BusinessDay(day, DayState.Closing, range, calendar, null, null);
    }

    /// <summary>Returns the day itself if it is recorded, otherwise the last recorded day.</summary>
    private static async Task<BusinessDay?> FindLastAsync(MySqlConnection connection, MySqlTransaction transaction, DateOnly day) =>
        (await connection.QuerySingleOrDefaultAsync<DayRow>(
            $"SELECT {DayRow.Columns} FROM business_days ORDER BY day = @day DESC, day DESC LIMIT 1", new { day = Sql.Day(day) },
            transaction)
            .ConfigureAwait(false))?.ToDay();

    private static async Task<bool> HasPublishedAsync(MySqlConnection connection, MySqlTransaction transaction) =>
        await connection.ExecuteScalarAsync<long>(
            "SELECT EXISTS (SELECT 1 FROM business_days WHERE state = 'published')", transaction: transaction).ConfigureAwait(false) == 1;

    /// <summary>
    /// Reverts a first close that was never published: posting dates are reset to the usage dates, and its run is abandoned.
    /// </summary>
    private static async Task RevertAbandonedCountersAsync(MySqlConnection connection, MySqlTransaction transaction, DateTime now)
    {
        await MySqlRunStore.AbandonAllAsync(connection, transaction, DayCloser.PipelineName, now).ConfigureAwait(false);
        await LateEvents.RevertAsync(connection, transaction).ConfigureAwait(false);
        await connection.ExecuteAsync($"DELETE FROM business_days; {WriterLock.SetNoneClosed}", transaction: transaction)
            .ConfigureAwait(false);
    }
}
