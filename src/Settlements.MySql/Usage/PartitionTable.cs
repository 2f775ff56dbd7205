using System.Globalization;
using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Runs the statements on the event table's partitions. Each can be repeated after it was interrupted.</summary>
internal sealed class PartitionTable(MySqlDatabase database)
{
    private const string Later = "plater";

    /// <summary>
    /// Deletes the index rows of events that were dropped with their partition. It joins the events and doesn't use the range only: events
    /// before the first day with a partition are not dropped. Meanwhile writers refuse events of these instants.
    /// </summary>
    private const string DeleteNotes = """
        DELETE n FROM event_notes n LEFT JOIN usage_events e ON e.occurred_at = n.occurred_at AND e.event_id = n.event_id
        WHERE n.occurred_at < @end AND e.event_id IS NULL
        """;

    /// <summary>Returns the days that have a partition, oldest first; null if the table is not partitioned.</summary>
    public Task<List<DateOnly>?> ListAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var names = (await connection.QueryAsync<string>(new CommandDefinition(
                """
                SELECT partition_name FROM information_schema.partitions
                WHERE table_schema = database() AND table_name = 'usage_events' AND partition_name IS NOT NULL
                    ORDER BY partition_ordinal_position
                """,
                cancellationToken: cancellationToken)).ConfigureAwait(false)).ToList();
            return names.Count == 0 ? null : names.Select(Day).OfType<DateOnly>().ToList();
        },
        cancellationToken);

    /// <summary>Copies all ids into <c>event_ids</c>; once committed, every writer adds its ids there.</summary>
    public Task UseEventIdTableAsync(CancellationToken cancellationToken) => database.WriteAsync(
        async (connection, transaction) =>
        {
            await WriterLock.AcquireExclusiveAsync(database, connection, transaction, cancellationToken).ConfigureAwait(false);
            await connection.ExecuteAsync("UPDATE writer_locks SET uses_event_id_table = 1", transaction: transaction)
                .ConfigureAwait(false);
            return await connection.ExecuteAsync(new CommandDefinition(
                "INSERT IGNORE INTO event_ids (event_id, occurred_at) SELECT event_id, occurred_at FROM usage_events",
                transaction: transaction,
                cancellationToken: cancellationToken)).ConfigureAwait(false);
        },
        cancellationToken);

    public Task AddAsync(IReadOnlyList<(DateOnly Day, UtcRange Range)> days, bool isFirst, CancellationToken cancellationToken)
    {
        var partitions = string.Join(",\n", days.Select(d => $"PARTITION {Name(d.Day)} VALUES LESS THAN ({Literal(d.Range.End)})")
            .Append($"PARTITION {Later} VALUES LESS THAN (MAXVALUE)"));
        return ChangeAsync(
            async connection =>
            {
                if (!isFirst)
                {
                    await connection.ExecuteAsync($"ALTER TABLE usage_events REORGANIZE PARTITION {Later} INTO ({partitions})")
                        .ConfigureAwait(false);
                    return;
                }

                // Earlier events have a separate partition, so that dropping the first day does not drop them.
                var earlier = $"PARTITION pearlier VALUES LESS THAN ({Literal(days[0].Range.Start)})";
                var hasIndex = await connection.ExecuteScalarAsync<long>(
                    """
                    SELECT count(*) FROM information_schema.statistics
                    WHERE table_schema = database() AND table_name = 'usage_events' AND index_name = 'usage_events_by_id'
                    """).ConfigureAwait(false) > 0;
                if (hasIndex)
                    await connection.ExecuteAsync("ALTER TABLE usage_events DROP INDEX usage_events_by_id").ConfigureAwait(false);
                await connection.ExecuteAsync(
                    $"ALTER TABLE usage_events PARTITION BY RANGE COLUMNS (occurred_at) ({earlier},\n{partitions})")
                    .ConfigureAwait(false);
            },
            cancellationToken);
    }

    /// <summary>Drops the partitions of days, unless they contain late events that are posted to a later day.</summary>
    /// <param name="days">The days, in order, without gaps.</param>
    /// <param name="end">The end of the last day.</param>
    /// <param name="markDays">Marks the days' events as dropped, in the transaction from which on writers refuse their events.</param>
    /// <param name="cancellationToken">Cancels the call before that transaction is committed.</param>
    public async Task DropAsync(
        IReadOnlyList<DateOnly> days, DateTimeOffset end, Func<MySqlConnection, MySqlTransaction, Task<int>> markDays,
        CancellationToken cancellationToken)
    {
        await RefuseWritesAsync(days[^1], end, markDays, cancellationToken).ConfigureAwait(false);

        // From here on the drop must be completed: writers refuse events of these days until then.
        await ChangeAsync(
            async connection =>
            {
                await connection.ExecuteAsync($"ALTER TABLE usage_events DROP PARTITION {string.Join(", ", days.Select(Name))}")
                    .ConfigureAwait(false);
                await connection.ExecuteAsync("DELETE FROM late_events WHERE posting_date <= @last", new { last = Sql.Day(days[^1]) })
                    .ConfigureAwait(false);
                await connection.ExecuteAsync(DeleteNotes, new { end = Sql.Instant(end) }).ConfigureAwait(false);
                await connection.ExecuteAsync("UPDATE writer_locks SET dropping_before = NULL").ConfigureAwait(false);
            },
            CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Completes a drop that was interrupted after its partitions were dropped.</summary>
    public Task FinishDropAsync(DateTimeOffset bound, CancellationToken cancellationToken) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var end = await connection.ExecuteScalarAsync<DateTime?>(
                "SELECT max(dropping_before) FROM writer_locks WHERE dropping_before <= @bound", new { bound = Sql.Instant(bound) },
                transaction)
                .ConfigureAwait(false);
            if (end is null)
                return 0;
            await connection.ExecuteAsync(DeleteNotes, new { end }, transaction).ConfigureAwait(false);
            return await connection.ExecuteAsync(
                "UPDATE writer_locks SET dropping_before = NULL WHERE dropping_before <= @bound", new { bound = Sql.Instant(bound) },
                transaction)
                .ConfigureAwait(false);
        },
        cancellationToken);

    private Task<int> RefuseWritesAsync(
        DateOnly last, DateTimeOffset end, Func<MySqlConnection, MySqlTransaction, Task<int>> markDays,
        CancellationToken cancellationToken) =>
        database.WriteAsync(
        async (connection, transaction) =>
        {
            await WriterLock.AcquireExclusiveAsync(database, connection, transaction, cancellationToken).ConfigureAwait(false);
            var (postingDate, occurredAt) = await connection.QueryFirstOrDefaultAsync<(DateTime? PostingDate, DateTime OccurredAt)>(
                "SELECT posting_date, occurred_at FROM late_events WHERE posting_date > @last AND occurred_at "
                    + "< @end ORDER BY posting_date DESC LIMIT 1",
                new { last = Sql.Day(last), end = Sql.Instant(end) }, transaction).ConfigureAwait(false);
            if (postingDate is not null)
            {
                throw new InvalidOperationException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The events before {end:O} can't be dropped: an event of {Sql.Instant(occurredAt):O} was late and is posted to "
                    + $"{Sql.Day(postingDate.Value):O}, which can't be verified without it. Drop through "
                    + $"{Sql.Day(postingDate.Value):O}, or fewer days."));
            }

            await connection.ExecuteAsync("UPDATE writer_locks SET dropping_before = @end", new { end = Sql.Instant(end) }, transaction)
                .ConfigureAwait(false);
            return await markDays(connection, transaction).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Runs statements that the server commits implicitly.</summary>
    private async Task ChangeAsync(Func<MySqlConnection, Task> change, CancellationToken cancellationToken)
    {
        var connection = await database.OpenWriterAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        try
        {
            await change(connection).ConfigureAwait(false);
        }
        catch (Exception e) when (MySqlErrorTranslator.IsDriverError(e))
        {
            throw MySqlErrorTranslator.Translate(e, database.Location, cancellationToken);
        }
    }

    private static string Name(DateOnly day) => day.ToString("'p'yyyyMMdd", CultureInfo.InvariantCulture);

    private static DateOnly? Day(string name) =>
        DateOnly.TryParseExact(name, "'p'yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static string Literal(DateTimeOffset instant) =>
        $"'{Sql.Instant(instant).ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}'";
}
