using System.Data.Common;
using Dapper;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The store of business days and their states.</summary>
internal sealed class MySqlDayStore(MySqlDatabase database, TimeProvider clock) : IDayStore
{
    public Task<BusinessDay?> FindLastAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var row = await connection.QuerySingleOrDefaultAsync<DayRow>(new CommandDefinition(
                $"SELECT {DayRow.Columns} FROM business_days ORDER BY day DESC LIMIT 1", cancellationToken: cancellationToken))
                    .ConfigureAwait(false);
            return row?.ToDay();
        },
        cancellationToken);

    public Task<IReadOnlyList<BusinessDay>> ListAsync(DbTransaction? transaction, CancellationToken cancellationToken) =>
        database.ReadAsync(transaction, async (connection, active) =>
        {
            var rows = await connection.QueryAsync<DayRow>(new CommandDefinition(
                $"SELECT {DayRow.Columns} FROM business_days ORDER BY day", transaction: active, cancellationToken: cancellationToken))
                    .ConfigureAwait(false);
            return (IReadOnlyList<BusinessDay>)[.. rows.Select(row => row.ToDay())];
        },
        cancellationToken);

    public Task<BusinessDay> BeginClosingAsync(DateOnly day, UtcRange range, string calendar, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) => DayClosing.BeginAsync(
                database, connection, transaction, day, range, calendar, Sql.Instant(clock.GetUtcNow()), cancellationToken),
                    cancellationToken);

    public Task LockPublicationAsync(DbTransaction transaction, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteScalarAsync<DateTime?>(new CommandDefinition(
            "SELECT day FROM business_days ORDER BY day DESC LIMIT 1 FOR UPDATE", transaction: transaction,
            cancellationToken: cancellationToken));

    public async Task PublishAsync(DbTransaction transaction, DateOnly day, long runId, CancellationToken cancellationToken)
    {
        var changed = await transaction.Connection!.ExecuteAsync(
            "UPDATE business_days SET state = 'published', run_id = @runId, published_at = @now WHERE day = @day AND state = 'closing'",
            new { day = Sql.Day(day), runId, now = Sql.Instant(clock.GetUtcNow()) }, transaction).ConfigureAwait(false);
        if (changed != 1)
        {
            throw new CloseRefusedException(FormattableString.Invariant(
                $"Day {day:O} can't be published by run {runId}: it is not closing. Another run has published it. ")
                + "Close again: published days are skipped.");
        }
    }
}
