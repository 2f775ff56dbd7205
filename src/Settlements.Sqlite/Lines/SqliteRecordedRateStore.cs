using System.Data.Common;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Stores the rate versions that priced published days.</summary>
internal sealed class SqliteRecordedRateStore(SqliteDatabase database) : IRecordedRateStore
{
    public Task<IReadOnlyList<RecordedRate>> ListAsync(DbTransaction? transaction, CancellationToken cancellationToken)
    {
        using var reader = transaction is null ? database.OpenReader() : null;
        using var row = new SqliteStatement(reader ?? (SqliteConnection)transaction!.Connection!, """
            SELECT meter, scope, version, first_day, definition, in_force_from, is_superseding,
                   is_priced
                FROM rate_versions ORDER BY meter, scope, version
            """);
        var rates = new List<RecordedRate>();
        while (row.Step())
        {
            rates.Add(new RecordedRate(
                row.Text(0), row.Text(1), row.Text(2), DayText.Parse(row.Text(3)), row.Text(4), DayText.Parse(row.Text(5)))
            {
                IsSuperseding = row.Int32(6) != 0, IsPriced = row.Int32(7) != 0,
            });
        }

        return Task.FromResult<IReadOnlyList<RecordedRate>>(rates);
    }

    public Task BeginAsync(IReadOnlyList<RecordedRate> versions, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, _) =>
        {
            Insert(connection, versions, """
                INSERT INTO rate_versions (meter, scope, version, first_day, definition, in_force_from, is_superseding, is_priced)
                VALUES (?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING
                """);
            return Task.FromResult(0);
        },
        cancellationToken);

    public Task<bool> DiscardAsync(string meter, string scope, string version, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, _) =>
        {
            using var delete = new SqliteStatement(
                connection, "DELETE FROM rate_versions WHERE meter = ? AND scope = ? AND version = ? AND is_priced = 0");
            return Task.FromResult(delete.Bind(1, meter).Bind(2, scope).Bind(3, version).Execute() == 1);
        },
        cancellationToken);

    public Task RecordAsync(DbTransaction transaction, IReadOnlyList<RecordedRate> versions, CancellationToken cancellationToken)
    {
        Insert((SqliteConnection)transaction.Connection!, versions, """
            INSERT INTO rate_versions (meter, scope, version, first_day, definition, in_force_from, is_superseding, is_priced)
            VALUES (?, ?, ?, ?, ?, ?, ?, 1)
            ON CONFLICT DO UPDATE SET first_day = excluded.first_day, definition = excluded.definition,
                in_force_from = excluded.in_force_from, is_superseding = excluded.is_superseding, is_priced = 1 WHERE is_priced = 0
            """);
        return Task.CompletedTask;
    }

    private static void Insert(SqliteConnection connection, IReadOnlyList<RecordedRate> versions, string sql)
    {
        using var insert = new SqliteStatement(connection, sql);
        foreach (var version in versions)
        {
            insert.Bind(1, version.Meter).Bind(2, version.Scope).Bind(3, version.Version).Bind(4, DayText.From(version.FirstDay))
                .Bind(5, version.Definition).Bind(6, DayText.From(version.InForceFrom)).Bind(7, version.IsSuperseding ? 1 : 0).Execute();
        }
    }
}
