using System.Data.Common;
using Dapper;
using Settlement.Sums;
using Settlement.MySql.Connections;
using Settlement.Pipelines;

namespace Settlement.MySql.Sums;

/// <summary>What chunks read, counted apart from their sums, and the look at both.</summary>
internal static class ControlSums
{
    public static Task WriteAsync(DbTransaction transaction, Chunk chunk, IReadOnlyList<ControlSum> controls, CancellationToken cancellationToken) =>
        controls.Count == 0
            ? Task.CompletedTask
            : transaction.Connection!.ExecuteAsync(new CommandDefinition(
                "INSERT INTO chunk_sums (run_id, chunk, meter, events, quantity) VALUES (@RunId, @Number, @Meter, @Events, @Quantity)",
                controls.Select(c => new { chunk.RunId, chunk.Number, c.Meter, c.Events, c.Quantity }), transaction,
                cancellationToken: cancellationToken));

    public static async Task<IReadOnlyList<MeterCheck>> CheckAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken)
    {
        var read = await SumsAsync("chunk_sums").ConfigureAwait(false);
        var totals = await SumsAsync("daily_totals").ConfigureAwait(false);
        return [.. read.Keys.Union(totals.Keys, StringComparer.Ordinal).Order(Utf8Order.Instance).Select(meter =>
        {
            var (_, _, eventsRead, quantityRead) = read.GetValueOrDefault(meter);
            var (_, count, events, quantity) = totals.GetValueOrDefault(meter);
            return new MeterCheck(meter, (long)eventsRead, quantityRead, count, (long)events, quantity);
        })];

        async Task<Dictionary<string, (string Meter, long Rows, decimal Events, decimal Quantity)>> SumsAsync(string table) =>
            (await transaction.Connection!.QueryAsync<(string Meter, long Rows, decimal Events, decimal Quantity)>(new CommandDefinition(
                $"SELECT {Rows.Text("meter")}, count(*), sum(events), sum(quantity) FROM {table} WHERE run_id = @runId GROUP BY meter",
                new { runId }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false))
            .ToDictionary(s => s.Meter, StringComparer.Ordinal);
    }
}
