using System.Data.Common;
using Dapper;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The store of which rows are the current estimate.</summary>
internal sealed class MySqlEstimateStore(MySqlDatabase database) : IEstimateStore
{
    public Task<StoredEstimate?> FindAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var rows = (await connection.QueryAsync<(
                long Refresh, long RunId, DateTime AsOf, DateTime? Day, long? DayRunId, bool IsPublished)>(new CommandDefinition(
                    """
                    SELECT r.refresh, r.run_id, r.as_of, e.day, e.run_id,
                        EXISTS (SELECT 1 FROM business_days p WHERE p.day = e.day AND p.state = 'published')
                    FROM estimate_refreshes r LEFT JOIN estimates e ON true ORDER BY e.day
                    """,
                    cancellationToken: cancellationToken)).ConfigureAwait(false)).AsList();
            return rows.Count == 0 ? null : new StoredEstimate(
                rows[0].Refresh, rows[0].RunId, new DateTimeOffset(DateTime.SpecifyKind(rows[0].AsOf, DateTimeKind.Utc)),
                [.. rows.Where(r => r.Day is not null).Select(r => (Sql.Day(r.Day!.Value), r.DayRunId!.Value, r.IsPublished))]);
        },
        cancellationToken);

    public async Task PublishAsync(DbTransaction transaction, StoredEstimate estimate, CancellationToken cancellationToken)
    {
        var connection = transaction.Connection!;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            DELETE FROM estimates;
            REPLACE INTO estimate_refreshes (id, refresh, run_id, as_of) VALUES (1, @Refresh, @RunId, @asOf)
            """,
            new { estimate.Refresh, estimate.RunId, asOf = estimate.AsOf.UtcDateTime }, transaction, cancellationToken: cancellationToken))
            .ConfigureAwait(false);
        await connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO estimates (day, run_id) VALUES (@day, @RunId)",
            estimate.Days.Select(d => new { day = Sql.Day(d.Day), d.RunId }), transaction, cancellationToken: cancellationToken))
            .ConfigureAwait(false);
    }

    public Task SkipAsync(DbTransaction transaction, long refresh, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO estimate_refreshes (id, refresh, run_id, as_of) VALUES (1, @refresh, 0, '1970-01-01')
            ON DUPLICATE KEY UPDATE refresh = @refresh
            """,
            new { refresh }, transaction, cancellationToken: cancellationToken));
}
