using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using MySqlConnector;
using Settlement.Calendars;
using Settlement.Sums;
using Settlement.MySql.Connections;
using Settlement.Lines;
using Settlement.Rates;

namespace Settlement.MySql.Lines;

/// <summary>Lines, counters, and the rate versions that priced.</summary>
internal sealed class MySqlPricedLineStore(MySqlDatabase database) : IPricedLineStore
{
    private readonly BulkInsert _bulk = new(database.Server, database.Place, database.Options.CommandTimeout);

    public Task<IReadOnlyDictionary<(string Meter, string ItemId), ItemCounter>> ReadCountersAsync(
        long runId, DateOnly day, string bounds, CancellationToken cancellationToken) => database.ReadAsync(
        connection => CounterRows.ReadAsync(connection, day, ItemRange.Parse(bounds), cancellationToken), cancellationToken);

    public async Task WriteAsync(
        DbTransaction transaction, long runId, IReadOnlyList<PricedLine> lines, IReadOnlyList<ItemCounter> counters,
        CancellationToken cancellationToken)
    {
        await LineRows.WriteAsync(_bulk, (MySqlTransaction)transaction, runId, lines, cancellationToken).ConfigureAwait(false);
        await CounterRows.WriteAsync(_bulk, (MySqlTransaction)transaction, runId, counters, cancellationToken).ConfigureAwait(false);
    }

    public async Task<(IReadOnlyList<LineCheck> Meters, long LinesOfPayees)> CheckAsync(
        DbTransaction transaction, long runId, CancellationToken cancellationToken)
    {
        var connection = transaction.Connection!;
        var meters = await connection.QueryAsync<(string Meter, long Lines, decimal Quantity, decimal Counted)>(new CommandDefinition(
            $"""
            SELECT {Rows.Text("meter")}, count(*), sum(quantity), sum(cumulative_after - cumulative_before)
            FROM priced_lines FORCE INDEX (PRIMARY) WHERE run_id = @runId GROUP BY meter
            """,
            new { runId }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        var ofPayees = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT count(*) FROM priced_lines FORCE INDEX (priced_lines_by_payee) WHERE run_id = @runId", new { runId }, transaction,
            cancellationToken: cancellationToken)).ConfigureAwait(false);
        return ([.. meters.Select(m => new LineCheck(m.Meter, m.Lines, m.Quantity, m.Counted)).OrderBy(m => m.Meter, Utf8Order.Instance)], ofPayees);
    }

    public async Task TakeBackAsync(DbTransaction transaction, DateOnly day, long runId, CancellationToken cancellationToken)
    {
        var connection = (MySqlConnection)transaction.Connection!;
        foreach (var meter in await CounterMeters.ReadAsync(connection, (MySqlTransaction)transaction, cancellationToken).ConfigureAwait(false))
        {
            // MySQL assigns from left to right: what is needed last is changed last.
            await connection.ExecuteAsync(new CommandDefinition(
                """
                DELETE FROM item_counters WHERE meter = @meter AND day = @day AND run_id <> @runId AND earlier_day IS NULL;
                UPDATE item_counters
                SET life = life - quantity, year = year - quantity, month = month - quantity, week = week - quantity, quantity = 0,
                    payee_id = earlier_payee, paid_exact = earlier_exact, paid_amount = earlier_amount, day = earlier_day
                WHERE meter = @meter AND day = @day AND run_id <> @runId;
                """,
                new { meter, day = Sql.Day(day), runId }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        }
    }

    public Task<IReadOnlyList<RecordedRate>> ListRecordedRatesAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var recorded = await connection.QueryAsync<(string Meter, string Scope, string Version, DateTime FirstDay, string Definition)>(
                new CommandDefinition(
                    $"""
                    SELECT {Rows.Text("meter")}, {Rows.Text("scope")}, {Rows.Text("version")}, first_day, {Rows.Text("definition")}
                    FROM rate_versions ORDER BY meter, scope, version
                    """,
                    cancellationToken: cancellationToken)).ConfigureAwait(false);
            return (IReadOnlyList<RecordedRate>)
                [.. recorded.Select(r => new RecordedRate(r.Meter, r.Scope, r.Version, Sql.Day(r.FirstDay), r.Definition))];
        },
        cancellationToken);

    public Task RecordRatesAsync(DbTransaction transaction, IReadOnlyList<RecordedRate> versions, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(
            """
            INSERT IGNORE INTO rate_versions (meter, scope, version, first_day, definition)
            VALUES (@Meter, @Scope, @Version, @firstDay, @Definition)
            """,
            versions.Select(v => new { v.Meter, v.Scope, v.Version, firstDay = Sql.Day(v.FirstDay), v.Definition }), transaction);

    public async IAsyncEnumerable<PricedLine> ReadAsync(
        DateRange days, ItemFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var connection = await database.OpenReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var reader = await connection.ExecuteReaderAsync(new CommandDefinition(
            PublishedRows.Select(
                "t.meter, t.item_id, t.payee_id, t.quantity, t.cumulative_before, t.cumulative_after, t.rate_scope, t.rate_version, "
                + "t.exact_amount, t.amount, t.currency, t.currency_digits", "priced_lines", filter),
            PublishedRows.Parameters(days, filter), cancellationToken: cancellationToken)).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        Currency? currency = null;
        var (meter, scope, version, code) = ("", "", "", "");
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var digits = reader.GetInt32(12);
            code = reader.Text(11, ref code);
            if (currency is null || currency.Code != code || currency.MinorUnitDigits != digits)
                currency = new Currency(code, digits);
            yield return new PricedLine(
                reader.Day(0), reader.Text(1, ref meter), reader.Text(2), reader.Text(3), reader.GetInt64(4), reader.GetInt64(5),
                reader.GetInt64(6), reader.Text(7, ref scope), reader.Text(8, ref version), reader.Amount(9), reader.Amount(10), currency);
        }
    }
}
