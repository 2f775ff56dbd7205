using System.Data.Common;
using Dapper;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Rows of the table control_totals: what chunks read, stored separately from their sums.</summary>
internal static class ControlTotalRows
{
    public static Task WriteAsync(
        DbTransaction transaction, PipelineChunk chunk, IReadOnlyList<ControlTotals> controls, CancellationToken cancellationToken) =>
        controls.Count == 0
            ? Task.CompletedTask
            : transaction.Connection!.ExecuteAsync(new CommandDefinition(
                "INSERT INTO control_totals (run_id, chunk, meter, events, quantity) VALUES (@RunId, @Number, @Meter, @Events, @Quantity)",
                controls.Select(c => new { chunk.RunId, chunk.Number, c.Meter, c.Events, c.Quantity }), transaction,
                cancellationToken: cancellationToken));

    public static async Task<IReadOnlyList<ControlTotal>> ReadAsync(
        DbTransaction transaction, long runId, CancellationToken cancellationToken)
    {
        var rows = await transaction.Connection!.QueryAsync<(string Meter, decimal Events, decimal Quantity)>(new CommandDefinition(
            $"SELECT {Rows.Text("c.meter")}, sum(c.events), sum(c.quantity) FROM control_totals c WHERE c.run_id = @runId GROUP BY c.meter",
            new { runId }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return [.. rows.Select(r => new ControlTotal(r.Meter, (long)r.Events, r.Quantity)).OrderBy(t => t.Meter, Utf8Order.Instance)];
    }
}
