using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Stores the states of business days.</summary>
internal sealed class SqliteDayStore(SqliteDatabase database, TimeProvider clock) : IDayStore
{
    private const string Select = "SELECT day, state, starts_at, ends_at, calendar, run_id, published_at FROM business_days";

    public Task<BusinessDay?> FindLastAsync(CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult(Read(connection, "ORDER BY day DESC LIMIT 1") is [var last, ..] ? last : null);
    }

    public Task<IReadOnlyList<BusinessDay>> ListAsync(DbTransaction? transaction, CancellationToken cancellationToken)
    {
        using var reader = transaction is null ? database.OpenReader() : null;
        return Task.FromResult<IReadOnlyList<BusinessDay>>(Read(reader ?? transaction!.Connection!, "ORDER BY day"));
    }

    public Task<BusinessDay> BeginClosingAsync(DateOnly day, UtcRange range, string calendar, CancellationToken cancellationToken) =>
        database.WriteAtLowPriorityAsync(
            async (connection, transaction) =>
            {
                var last = Read(connection, "ORDER BY day DESC LIMIT 2");
                if (Read(connection, "WHERE day = ?", day) is [var recorded]
                    && (last.Count > 1 || recorded.State == DayState.Published
                        || (recorded.Range == range && recorded.Calendar == calendar)))
                {
                    return recorded;
                }

                // The first close is not published yet, so its day and calendar may still change.
                if (last is [{ State: DayState.Closing } first])
                {
                    await RevertAbandonedCountersAsync(connection, transaction, first.Day).ConfigureAwait(false);
                    last.Clear();
                }

                if (last.Count > 0)
                    DayOrder.Require(day, range, last[0]);
                else
                    await LateEvents.PostEarlierAsync(connection, transaction, day, range).ConfigureAwait(false);
                await connection.ExecuteAsync(
                    """
                    INSERT INTO business_days (day, state, starts_at, ends_at, calendar)
                    VALUES (@day, 'closing', @start, @end, @calendar)
                    """,
                    new
                    {
                        day = DayText.From(day), start = UnixMicroseconds.From(range.Start), end =
                            UnixMicroseconds.From(range.End), calendar,
                    },
                    transaction).ConfigureAwait(false);
                return new BusinessDay(day, DayState.Closing, range, calendar, null, null);
            },
            cancellationToken);

    /// <remarks>The write lock of the file is held already.</remarks>
    public Task LockPublicationAsync(DbTransaction transaction, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task PublishAsync(DbTransaction transaction, DateOnly day, long runId, CancellationToken cancellationToken)
    {
        var changed = await transaction.Connection!.ExecuteAsync(
            "UPDATE business_days SET state = 'published', run_id = @runId, published_at = @now WHERE day = @day AND state = 'closing'",
            new { day = DayText.From(day), runId, now = UnixMicroseconds.From(clock.GetUtcNow()) }, transaction).ConfigureAwait(false);
        if (changed != 1)
        {
            throw new CloseRefusedException(FormattableString.Invariant(
                $"Day {day:O} can't be published by run {runId}: it is not closing. Another run has published it. ")
                + "Close again: published days are skipped.");
        }
    }

    private async Task RevertAbandonedCountersAsync(SqliteConnection connection, SqliteTransaction transaction, DateOnly day)
    {
        await AbandonedRuns.AbandonAsync(
            connection, transaction, DayCloser.PipelineName, day.ToString("O", CultureInfo.InvariantCulture),
            UnixMicroseconds.From(clock.GetUtcNow()))
            .ConfigureAwait(false);
        await LateEvents.RevertAsync(connection, transaction).ConfigureAwait(false);
        await connection.ExecuteAsync("DELETE FROM business_days", transaction: transaction).ConfigureAwait(false);
    }

    private static List<BusinessDay> Read(DbConnection connection, string tail, DateOnly? day = null)
    {
        using var row = new SqliteStatement((SqliteConnection)connection, $"{Select} {tail}");
        if (day is { } one)
            row.Bind(1, DayText.From(one));
        var days = new List<BusinessDay>();
        while (row.Step())
        {
            days.Add(new BusinessDay(
                DayText.Parse(row.Text(0)), DayStates.Parse(row.Text(1)),
                new UtcRange(UnixMicroseconds.ToInstant(row.Int64(2)), UnixMicroseconds.ToInstant(row.Int64(3))), row.Text(4),
                row.IsNull(5) ? null : row.Int64(5), row.IsNull(6) ? null : UnixMicroseconds.ToInstant(row.Int64(6))));
        }

        return days;
    }
}
