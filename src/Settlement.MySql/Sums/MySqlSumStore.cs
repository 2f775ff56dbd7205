using System.Data.Common;
using Dapper;
using MySqlConnector;
using Settlement.BillableEvents;
using Settlement.MySql.Bulk;
using Settlement.MySql.Database;
using Settlement.Pipelines;
using Settlement.Sums;

namespace Settlement.MySql.Sums;

/// <summary>Keeps the partial sums and control totals of runs, and merges them.</summary>
internal sealed class MySqlSumStore : ISumStore
{
    private readonly MySqlDatabase _database;
    private readonly PartialTotals _partials;

    public MySqlSumStore(MySqlDatabase database)
    {
        _database = database;
        _partials = new PartialTotals(new BulkInsert(database.Server, database.Place, database.Options.CommandTimeout));
    }

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
}
