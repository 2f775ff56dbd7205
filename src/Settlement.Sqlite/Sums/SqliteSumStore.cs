using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlement.BillableEvents;
using Settlement.Pipelines;
using Settlement.Sqlite.Database;
using Settlement.Sums;

namespace Settlement.Sqlite.Sums;

/// <summary>Keeps the partial sums and control totals of runs, and merges them.</summary>
internal sealed class SqliteSumStore(SqliteDatabase database) : ISumStore
{
    public Task AppendPartialsAsync(DbTransaction transaction, Chunk chunk, TotalsAccumulator totals, CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)transaction.Connection!;
        PartialTotals.Append(connection, chunk, totals, database.RowsPerTransactionMax);
        ControlSums.Write(connection, chunk, totals.Controls);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<PlannedChunk>> PlanItemRangesAsync(long runId, int partialsMax, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult(SegmentPlan.CutRanges(PartialTotals.List(connection, runId), Math.Min(partialsMax, database.RowsPerTransactionMax)));
    }

    public Task<IReadOnlyList<UsageSum>> MergeAsync(long runId, DateOnly day, string bounds, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult(PartialTotals.Merge(connection, runId, day, bounds));
    }

    public async Task DeleteObsoleteRowsAsync(DbTransaction transaction, IReadOnlyList<long> abandonedRuns, CancellationToken cancellationToken)
    {
        // Days close one after the other, so no other day has partial sums now.
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "DELETE FROM partial_totals; DELETE FROM chunk_sums", transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<ControlTotal>> ReadControlTotalsAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ControlTotal>>(ControlSums.Read((SqliteConnection)transaction.Connection!, runId));
}
