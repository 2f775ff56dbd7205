using Dapper;
using MySqlConnector;

namespace Settlement.MySql.Connections;

/// <summary>The meters that were ever counted: a few, found by hops, however many items there are.</summary>
internal static class CounterMeters
{
    public static async Task<List<string>> ReadAsync(MySqlConnection connection, MySqlTransaction transaction, CancellationToken cancellationToken)
    {
        var meters = new List<string>();
        for (var after = ""; ; after = meters[^1])
        {
            var next = await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
                $"SELECT {Rows.Text("min(meter)")} FROM item_counters WHERE meter > @after", new { after }, transaction,
                cancellationToken: cancellationToken)).ConfigureAwait(false);
            if (next is null)
                return meters;
            meters.Add(next);
        }
    }
}
