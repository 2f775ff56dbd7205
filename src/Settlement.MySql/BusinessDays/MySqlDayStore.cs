using System.Data.Common;
using Dapper;
using MySqlConnector;
using Settlement.BusinessDays;
using Settlement.Calendars;
using Settlement.MySql.Connections;

namespace Settlement.MySql.BusinessDays;

/// <summary>The days' states.</summary>
internal sealed class MySqlDayStore(MySqlDatabase database, TimeProvider clock) : IDayStore
{
    private static readonly string Columns =
        $"day AS Day, {Rows.Text("state")} AS State, run_id AS RunId, {Rows.Text("calendar")} AS Calendar, "
        + "published_at AS PublishedAt, events_dropped_at IS NULL AS HasEvents";

    public Task<BusinessDay?> FindLastAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
                $"SELECT {Columns} FROM business_days ORDER BY day DESC LIMIT 1", cancellationToken: cancellationToken)).ConfigureAwait(false);
            return row?.ToDay();
        },
        cancellationToken);

    public Task<DayState> BeginClosingAsync(DateOnly day, UtcRange range, string calendar, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (connection, transaction) =>
            {
                await Gates.CloseAllAsync(database, connection, transaction, cancellationToken).ConfigureAwait(false);
                var state = await connection.QuerySingleOrDefaultAsync<string?>(
                    $"SELECT {Rows.Text("state")} FROM business_days WHERE day = @day", new { day = Sql.Day(day) }, transaction).ConfigureAwait(false);
                if (state is not null)
                    return Row.Parse(state);

                var last = await connection.QuerySingleOrDefaultAsync<Row>(
                    $"SELECT {Columns} FROM business_days ORDER BY day DESC LIMIT 1", transaction: transaction).ConfigureAwait(false);
                if (last is not null && (last.State != "published" || Sql.Day(last.Day) != day.AddDays(-1)))
                {
                    throw new CloseRefusedException(
                        $"Day {day:O} can't be closed: the last day that is not open is {Sql.Day(last.Day):O} ({last.State}). Days close in order, each once.");
                }

                if (last is null)
                    await NoteEarlierEventsAsync(connection, transaction, day, range).ConfigureAwait(false);
                await connection.ExecuteAsync(
                    "INSERT INTO business_days (day, state, ends_at, calendar) VALUES (@day, 'closing', @endsAt, @calendar)",
                    new { day = Sql.Day(day), endsAt = Sql.Instant(range.End), calendar }, transaction).ConfigureAwait(false);
                return DayState.Closing;
            },
            cancellationToken);

    public async Task PublishAsync(DbTransaction transaction, DateOnly day, long runId, CancellationToken cancellationToken)
    {
        var changed = await transaction.Connection!.ExecuteAsync(
            "UPDATE business_days SET state = 'published', run_id = @runId, published_at = @now WHERE day = @day AND state = 'closing'",
            new { day = Sql.Day(day), runId, now = Sql.Instant(clock.GetUtcNow()) }, transaction).ConfigureAwait(false);
        if (changed != 1)
            throw new CloseRefusedException($"Day {day:O} can't be published by run {runId}: it is not closing. A published day never changes.");
    }

    public async Task SweepAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        // Days close one after the other, so no other day has partial totals now.
        var connection = transaction.Connection!;
        await connection.ExecuteAsync("DELETE FROM partial_totals; DELETE FROM chunk_sums", transaction: transaction).ConfigureAwait(false);
        var abandoned = (await connection.QueryAsync<long>(
            "SELECT run_id FROM pipeline_runs WHERE state = 'abandoned'", transaction: transaction).ConfigureAwait(false)).ToList();
        foreach (var runId in abandoned)
        {
            foreach (var table in (string[])["daily_totals", "late_totals", "priced_lines", "rankings"])
                await connection.ExecuteAsync($"DELETE FROM {table} WHERE run_id = @runId", new { runId }, transaction).ConfigureAwait(false);
        }
    }

    public Task<IReadOnlyList<BusinessDay>> ListPublishedAsync(DateRange days, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var rows = await connection.QueryAsync<Row>(new CommandDefinition(
                $"SELECT {Columns} FROM business_days WHERE day BETWEEN @first AND @last AND state = 'published' ORDER BY day",
                new { first = Sql.Day(days.First), last = Sql.Day(days.Last) }, cancellationToken: cancellationToken)).ConfigureAwait(false);
            return (IReadOnlyList<BusinessDay>)[.. rows.Select(row => row.ToDay())];
        },
        cancellationToken);

    /// <summary>Events from before the first day that is ever closed are counted by it, as late.</summary>
    private static async Task NoteEarlierEventsAsync(MySqlConnection connection, MySqlTransaction transaction, DateOnly day, UtcRange range)
    {
        var parameters = new { day = Sql.Day(day), start = Sql.Instant(range.Start) };
        await connection.ExecuteAsync("UPDATE billable_events SET counted_on = @day WHERE occurred_at < @start", parameters, transaction)
            .ConfigureAwait(false);
        await connection.ExecuteAsync(
            """
            INSERT INTO late_events (counted_on, occurred_at, event_id)
            SELECT counted_on, occurred_at, event_id FROM billable_events WHERE occurred_at < @start
            """,
            parameters, transaction).ConfigureAwait(false);
    }

    private sealed class Row
    {
        public DateTime Day { get; set; }

        public string State { get; set; } = "";

        public long? RunId { get; set; }

        public string Calendar { get; set; } = "";

        public DateTime? PublishedAt { get; set; }

        public int HasEvents { get; set; }

        public static DayState Parse(string state) => state == "published" ? DayState.Published : DayState.Closing;

        public BusinessDay ToDay() =>
            new(Sql.Day(Day), Parse(State), RunId, Calendar, PublishedAt is { } at ? Sql.Instant(at) : null) { HasEvents = HasEvents == 1 };
    }
}
