using System.Data.Common;
using Dapper;
using MySqlConnector;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The store of the partial sums and control totals of runs, which it merges.</summary>
internal sealed class MySqlSumStore : ISumStore
{
    private readonly MySqlDatabase _database;
    private readonly PartialSums _partials;

    public MySqlSumStore(MySqlDatabase database)
    {
        _database = database;
        _partials = new PartialSums(new BulkInsert(database.Server, database.Location, database.Options.CommandTimeout));
    }

    public async Task AppendPartialsAsync(
        DbTransaction transaction, PipelineChunk chunk, SumAccumulator totals, CancellationToken cancellationToken)
    {
        await _partials.AppendAsync((MySqlTransaction)transaction, chunk, totals, cancellationToken).ConfigureAwait(false);
        await ControlTotalRows.WriteAsync(transaction, chunk, totals.Controls, cancellationToken).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<PlannedChunk>> PlanItemRangesAsync(
        IReadOnlyList<long> runIds, int partialsMax, CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => PartialSums.PlanAsync(connection, runIds, partialsMax, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<UsageSum>> MergeAsync(long runId, DateOnly day, string bounds, CancellationToken cancellationToken) =>
        _database.ReadAsync(
        connection => PartialSums.MergeAsync(connection, runId, day, bounds, cancellationToken), cancellationToken);

    public async Task DeleteObsoleteRowsAsync(
        DbTransaction transaction, IReadOnlyList<long> abandonedRuns, CancellationToken cancellationToken)
    {
        // Days are closed one at a time, so no other day has partial sums. Those of an estimate remain.
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "DELETE FROM partial_sums WHERE run_id > 0; DELETE FROM control_totals WHERE run_id > 0",
            transaction: transaction, cancellationToken: cancellationToken))
                .ConfigureAwait(false);
    }

    public Task<bool> DeleteEstimatesAsync(long first, int rowsMax, CancellationToken cancellationToken) => _database.WriteAsync(
        async (connection, transaction) =>
        {
            var partials = await connection.ExecuteAsync(new CommandDefinition(
                "DELETE FROM partial_sums WHERE run_id BETWEEN @first AND -1 ORDER BY run_id, chunk, segment LIMIT @rowsMax",
                new { first, rowsMax }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
            var controls = await connection.ExecuteAsync(new CommandDefinition(
                "DELETE FROM control_totals WHERE run_id BETWEEN @first AND -1 ORDER BY run_id, chunk, meter LIMIT @rowsMax",
                new { first, rowsMax }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
            return partials == rowsMax || controls == rowsMax;
        },
        cancellationToken);

    public Task<IReadOnlyList<ControlTotal>> ReadControlTotalsAsync(
        DbTransaction transaction, long runId, CancellationToken cancellationToken) =>
        ControlTotalRows.ReadAsync(transaction, runId, cancellationToken);
}
