using System.Data.Common;
using Dapper;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Stores which rows are the current estimate.</summary>
internal sealed class SqliteEstimateStore(SqliteDatabase database) : IEstimateStore
{
    public async Task<StoredEstimate?> FindAsync(CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var rows = (await connection.QueryAsync<(
            long Refresh, long RunId, long AsOf, string? Day, long? DayRunId, bool IsPublished)>(new CommandDefinition(
            """
            SELECT r.refresh, r.run_id, r.as_of, e.day, e.run_id,
                EXISTS (SELECT 1 FROM business_days p WHERE p.day = e.day AND p.state = 'published')
            FROM estimate_refreshes r LEFT JOIN estimates e ON true ORDER BY e.day
            """,
            cancellationToken: cancellationToken)).ConfigureAwait(false)).AsList();
        return rows.Count == 0 ? null : new StoredEstimate(
            rows[0].Refresh, rows[0].RunId, UnixMicroseconds.ToInstant(rows[0].AsOf),
            [.. rows.Where(r => r.Day is not null).Select(r => (DayText.Parse(r.Day!), r.DayRunId!.Value, r.IsPublished))]);
    }

    public async Task PublishAsync(DbTransaction transaction, StoredEstimate estimate, CancellationToken cancellationToken)
    {
        var connection = transaction.Connection!;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            DELETE FROM estimates;
            INSERT INTO estimate_refreshes (id, refresh, run_id, as_of) VALUES (1, @Refresh, @RunId, @asOf)
            ON CONFLICT (id) DO UPDATE SET refresh = excluded.refresh, run_id = excluded.run_id, as_of = excluded.as_of
            """,
            new { estimate.Refresh, estimate.RunId, asOf = UnixMicroseconds.From(estimate.AsOf) }, transaction,
            cancellationToken: cancellationToken)).ConfigureAwait(false);
        await connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO estimates (day, run_id) VALUES (@day, @RunId)",
            estimate.Days.Select(d => new { day = DayText.From(d.Day), d.RunId }), transaction, cancellationToken: cancellationToken))
            .ConfigureAwait(false);
    }

    public Task SkipAsync(DbTransaction transaction, long refresh, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO estimate_refreshes (id, refresh, run_id, as_of) VALUES (1, @refresh, 0, 0)
            ON CONFLICT (id) DO UPDATE SET refresh = excluded.refresh
            """,
            new { refresh }, transaction, cancellationToken: cancellationToken));
}
