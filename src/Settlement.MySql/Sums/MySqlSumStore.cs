using System.Data.Common;
using Dapper;
using MySqlConnector;
using Settlement.BillableEvents;
using Settlement.BusinessDays;
using Settlement.Calendars;
using Settlement.MySql.Bulk;
using Settlement.MySql.Database;
using Settlement.Pipelines;
using Settlement.Sums;

namespace Settlement.MySql.Sums;

/// <summary>Cuts the usage of a day into chunks, sums a chunk, and keeps and merges the partial sums.</summary>
internal sealed class MySqlSumStore : ISumStore
{
    private readonly MySqlDatabase _database;
    private readonly PartialTotals _partials;

    public MySqlSumStore(MySqlDatabase database)
    {
        _database = database;
        _partials = new PartialTotals(new BulkInsert(database.Server, database.Place, database.Options.CommandTimeout));
    }

    public Task<DateTimeOffset?> FindFirstEventAsync(EventSource? source, DateTimeOffset? from, CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => FirstEvents.FindAsync(connection, Named(source), from, cancellationToken), cancellationToken);

    public Task CheckInstantsAsync(EventSource source, CancellationToken cancellationToken) => _database.ReadInBulkAsync(
        async connection =>
        {
            await SourceInstants.CheckAsync(connection, Named(source)!, cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    public Task<string> IdentifyTableAsync(EventSource source, CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => SourceTable.IdentifyAsync(connection, Named(source)!, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<PlannedChunk>> PlanAsync(
        EventSource? source, DateOnly day, UtcRange range, int chunkRowsMax, CancellationToken cancellationToken) => _database.ReadAsync(
        connection => EventPlanner.PlanAsync(connection, Named(source), day, range, chunkRowsMax, cancellationToken), cancellationToken);

    public Task<long> SumAsync(
        EventSource? source, DateOnly day, SettledCalendar calendar, string? bounds, TotalsAccumulator totals, CancellationToken cancellationToken) =>
        _database.ReadInBulkAsync(
            connection => EventSummer.SumAsync(connection, Named(source), day, calendar, bounds, _database.Options.SumPlan, totals, cancellationToken),
            cancellationToken);

    public async Task AppendPartialsAsync(DbTransaction transaction, Chunk chunk, TotalsAccumulator totals, CancellationToken cancellationToken)
    {
        await _partials.AppendAsync((MySqlTransaction)transaction, chunk, totals, cancellationToken).ConfigureAwait(false);
        await ControlSums.WriteAsync(transaction, chunk, totals.Controls, cancellationToken).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<PlannedChunk>> PlanItemRangesAsync(long runId, int partialsMax, CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => PartialTotals.PlanAsync(connection, runId, partialsMax, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<UsageSum>> MergeAsync(long runId, DateOnly day, string bounds, CancellationToken cancellationToken) => _database.ReadAsync(
        connection => PartialTotals.MergeAsync(connection, runId, day, bounds, cancellationToken), cancellationToken);

    public async Task DeleteObsoleteRowsAsync(DbTransaction transaction, IReadOnlyList<long> abandonedRuns, CancellationToken cancellationToken)
    {
        // Days close one after the other, so no other day has partial sums now.
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "DELETE FROM partial_totals; DELETE FROM chunk_sums", transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<ControlTotal>> ReadControlTotalsAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken) =>
        ControlSums.ReadAsync(transaction, runId, cancellationToken);

    /// <summary>A source's table is the application's: it may be in another database than the store's.</summary>
    private EventSource? Named(EventSource? source) => source is null ? null : source with { Table = _database.OfApplication(source.Table) };
}
