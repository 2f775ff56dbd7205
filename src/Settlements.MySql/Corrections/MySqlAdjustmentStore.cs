using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The store of adjustments: decided differences between published days and their sources.</summary>
internal sealed class MySqlAdjustmentStore(MySqlDatabase database) : IAdjustmentStore
{
    private readonly BulkInsert _bulk = new(database.Server, database.Location, database.Options.CommandTimeout);

    public Task<IReadOnlyList<Adjustment>> ListPostedOnAsync(DateOnly postingDate, CancellationToken cancellationToken) =>
        database.ReadAsync(
        connection => AdjustmentRows.ReadAsync(connection, "posting_date", postingDate, cancellationToken), cancellationToken);

    public Task<(int Revision, IReadOnlyList<Adjustment> Adjustments)> ListByUsageDateAsync(
        DateOnly usageDate, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async connection =>
            {
                // The revision is read first: if adjustments are added after that, the revision is outdated, and the caller's addition is
                // refused.
                var revision = await connection.ExecuteScalarAsync<int>(new CommandDefinition(
                    "SELECT revision FROM business_days WHERE day = @day", new { day = Sql.Day(usageDate) },
                    cancellationToken: cancellationToken))
                    .ConfigureAwait(false);
                return (revision, await AdjustmentRows.ReadAsync(connection, "usage_date", usageDate, cancellationToken)
                    .ConfigureAwait(false));
            },
            cancellationToken);

    public Task<DateOnly?> AddAsync(
        DateOnly usageDate, int revision, IReadOnlyList<Adjustment> posted, IReadOnlyList<Adjustment> accepted,
        CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) => AddAsync(connection, transaction, usageDate, revision, posted, accepted, cancellationToken),
            cancellationToken);

    private async Task<DateOnly?> AddAsync(
        MySqlConnection connection, MySqlTransaction transaction, DateOnly usageDate, int revision, IReadOnlyList<Adjustment> posted,
        IReadOnlyList<Adjustment> accepted, CancellationToken cancellationToken)
    {
        await WriterLock.AcquireSharedAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        if (!await DayRevision.AdvanceAsync(connection, transaction, usageDate, revision, cancellationToken).ConfigureAwait(false))
            return null;

        // The writer lock is held, so no day can start closing before the commit.
        var open = Sql.Day(await connection.ExecuteScalarAsync<DateTime>(new CommandDefinition(
            "SELECT max(day) FROM business_days", transaction: transaction, cancellationToken: cancellationToken))
                .ConfigureAwait(false)).AddDays(1);
        await AdjustmentRows.InsertAsync(_bulk, transaction, usageDate, open, posted, cancellationToken).ConfigureAwait(false);
        await AdjustmentRows.InsertAsync(_bulk, transaction, usageDate, null, accepted, cancellationToken).ConfigureAwait(false);
        return open;
    }
}
