using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Stores the partial sums and control totals of runs.</summary>
internal sealed class SqliteSumStore(SqliteDatabase database) : ISumStore
{
    public Task AppendPartialsAsync(
        DbTransaction transaction, PipelineChunk chunk, SumAccumulator totals, CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)transaction.Connection!;
        PartialSums.Append(connection, chunk, totals, database.RowsPerTransactionMax);
        ControlTotalRows.Write(connection, chunk, totals.Controls);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<PlannedChunk>> PlanItemRangesAsync(
        IReadOnlyList<long> runIds, int partialsMax, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult(SegmentPlan.CutRanges(
            [.. runIds.SelectMany(runId => PartialSums.List(connection, runId))],
            Math.Min(partialsMax, database.RowsPerTransactionMax)));
    }

    public Task<IReadOnlyList<UsageSum>> MergeAsync(long runId, DateOnly day, string bounds, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult(PartialSums.Merge(connection, runId, day, bounds));
    }

    public async Task DeleteObsoleteRowsAsync(
        DbTransaction transaction, IReadOnlyList<long> abandonedRuns, CancellationToken cancellationToken)
    {
        // Days are closed one after the other, so no other day has partial sums. Those of an estimate remain.
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "DELETE FROM partial_sums WHERE run_id > 0; DELETE FROM control_totals WHERE run_id > 0",
            transaction: transaction, cancellationToken: cancellationToken))
            .ConfigureAwait(false);
    }

    public Task<bool> DeleteEstimatesAsync(long first, int rowsMax, CancellationToken cancellationToken) =>
        database.WriteAtLowPriorityAsync(
            async (connection, transaction) =>
            {
                var max = Math.Min(rowsMax, database.RowsPerTransactionMax);
                var partials = await connection.ExecuteAsync(
                    """
                    DELETE FROM partial_sums WHERE (run_id, chunk, segment) IN (
                        SELECT run_id, chunk, segment FROM partial_sums WHERE run_id BETWEEN @first AND -1 LIMIT @max)
                    """,
                    new { first, max }, transaction).ConfigureAwait(false);
                var controls = await connection.ExecuteAsync(
                    """
                    DELETE FROM control_totals WHERE (run_id, chunk, meter) IN (
                        SELECT run_id, chunk, meter FROM control_totals WHERE run_id BETWEEN @first AND -1 LIMIT @max)
                    """,
                    new { first, max }, transaction).ConfigureAwait(false);
                return partials == max || controls == max;
            },
            cancellationToken);

    public Task<IReadOnlyList<ControlTotal>> ReadControlTotalsAsync(
        DbTransaction transaction, long runId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ControlTotal>>(ControlTotalRows.Read((SqliteConnection)transaction.Connection!, runId));
}
