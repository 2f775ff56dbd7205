using System.Data.Common;
using Dapper;
using Settlement.BusinessDays;
using Settlement.Calendars;
using Settlement.Sqlite.Connections;

namespace Settlement.Sqlite.BusinessDays;

/// <summary>The days' states.</summary>
internal sealed class SqliteDayStore(SqliteDatabase database, TimeProvider clock) : IDayStore
{
    private const string Columns = "day, state, run_id, calendar, published_at";

    public async Task<BusinessDay?> FindLastAsync(CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var row = await connection.QuerySingleOrDefaultAsync<(string? Day, string State, long? RunId, string Calendar, long? PublishedAt)>(
            $"SELECT {Columns} FROM business_days ORDER BY day DESC LIMIT 1").ConfigureAwait(false);
        return row.Day is null ? null : ToDay(row!);
    }

    public Task<DayState> BeginClosingAsync(DateOnly day, UtcRange range, string calendar, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (connection, transaction) =>
            {
                var state = await connection.QuerySingleOrDefaultAsync<string?>(
                    "SELECT state FROM business_days WHERE day = @day", new { day = DayText.From(day) }, transaction).ConfigureAwait(false);
                if (state is not null)
                    return State(state);

                var last = await connection.QuerySingleOrDefaultAsync<(string? Day, string State)>(
                    "SELECT day, state FROM business_days ORDER BY day DESC LIMIT 1", transaction: transaction).ConfigureAwait(false);
                if (last.Day is not null && (last.State != "published" || last.Day != DayText.From(day.AddDays(-1))))
                {
                    throw new CloseRefusedException(
                        $"Day {day:O} can't be closed: the last day that is not open is {last.Day} ({last.State}). Days close in order, each once.");
                }

                if (last.Day is null)
                {
                    await connection.ExecuteAsync(
                        "UPDATE billable_events SET counted_on = @day WHERE occurred_at < @start",
                        new { day = DayText.From(day), start = UnixMicroseconds.From(range.Start) }, transaction).ConfigureAwait(false);
                }

                await connection.ExecuteAsync(
                    "INSERT INTO business_days (day, state, ends_at, calendar) VALUES (@day, 'closing', @endsAt, @calendar)",
                    new { day = DayText.From(day), endsAt = UnixMicroseconds.From(range.End), calendar }, transaction).ConfigureAwait(false);
                return DayState.Closing;
            },
            cancellationToken);

    public async Task PublishAsync(DbTransaction transaction, DateOnly day, long runId, CancellationToken cancellationToken)
    {
        var changed = await transaction.Connection!.ExecuteAsync(
            "UPDATE business_days SET state = 'published', run_id = @runId, published_at = @now WHERE day = @day AND state = 'closing'",
            new { day = DayText.From(day), runId, now = UnixMicroseconds.From(clock.GetUtcNow()) }, transaction).ConfigureAwait(false);
        if (changed != 1)
            throw new CloseRefusedException(FormattableString.Invariant($"Day {day:O} can't be published by run {runId}: it is not closing. A published day never changes."));
    }

    public async Task SweepAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        // Days close one after the other, so no other day has partial totals now; a delete without a condition is the fast one.
        var connection = transaction.Connection!;
        await connection.ExecuteAsync("DELETE FROM partial_totals; DELETE FROM chunk_sums", transaction: transaction).ConfigureAwait(false);
        foreach (var table in (string[])["daily_totals", "late_totals", "priced_lines", "rankings"])
        {
            await connection.ExecuteAsync(
                $"DELETE FROM {table} WHERE run_id IN (SELECT run_id FROM pipeline_runs WHERE state = 'abandoned')", transaction: transaction)
                .ConfigureAwait(false);
        }
    }

    public async Task<IReadOnlyList<BusinessDay>> ListPublishedAsync(DateRange days, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var rows = await connection.QueryAsync<(string Day, string State, long? RunId, string Calendar, long? PublishedAt)>(
            $"SELECT {Columns} FROM business_days WHERE day BETWEEN @first AND @last AND state = 'published' ORDER BY day",
            new { first = DayText.From(days.First), last = DayText.From(days.Last) }).ConfigureAwait(false);
        return [.. rows.Select(ToDay)];
    }

    private static DayState State(string text) => text == "published" ? DayState.Published : DayState.Closing;

    private static BusinessDay ToDay((string Day, string State, long? RunId, string Calendar, long? PublishedAt) row) => new(
        DayText.Parse(row.Day), State(row.State),
        row.RunId, row.Calendar, row.PublishedAt is { } at ? UnixMicroseconds.ToInstant(at) : null);
}
