using System.Data.Common;
using Dapper;
using Settlement.BillableEvents;
using Settlement.MySql.Database;
using Settlement.Pipelines;
using Settlement.Sums;

namespace Settlement.MySql.Sums;

/// <summary>What chunks read, counted apart from their sums.</summary>
internal static class ControlSums
{
    public static Task WriteAsync(DbTransaction transaction, Chunk chunk, IReadOnlyList<ControlSum> controls, CancellationToken cancellationToken) =>
        controls.Count == 0
            ? Task.CompletedTask
            : transaction.Connection!.ExecuteAsync(new CommandDefinition(
                "INSERT INTO chunk_sums (run_id, chunk, meter, events, quantity) VALUES (@RunId, @Number, @Meter, @Events, @Quantity)",
                controls.Select(c => new { chunk.RunId, chunk.Number, c.Meter, c.Events, c.Quantity }), transaction,
                cancellationToken: cancellationToken));

    public static async Task<IReadOnlyList<ControlTotal>> ReadAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken)
    {
        var rows = await transaction.Connection!.QueryAsync<(string Meter, decimal Events, decimal Quantity)>(new CommandDefinition(
            $"SELECT {Rows.Text("c.meter")}, sum(c.events), sum(c.quantity) FROM chunk_sums c WHERE c.run_id = @runId GROUP BY c.meter",
            new { runId }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return [.. rows.Select(r => new ControlTotal(r.Meter, (long)r.Events, r.Quantity)).OrderBy(t => t.Meter, Utf8Order.Instance)];
    }
}
