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
            SELECT meter, scope, version, first_day, definition, in_force_from, is_superseding
                FROM rate_versions ORDER BY meter, scope, version
            """);
        var rates = new List<RecordedRate>();
        while (row.Step())
        {
            rates.Add(new RecordedRate(
                row.Text(0), row.Text(1), row.Text(2), DayText.Parse(row.Text(3)), row.Text(4), DayText.Parse(row.Text(5)))
            {
                IsSuperseding = row.Int32(6) != 0,
            });
        }

        return Task.FromResult<IReadOnlyList<RecordedRate>>(rates);
    }

    public Task RecordAsync(DbTransaction transaction, IReadOnlyList<RecordedRate> versions, CancellationToken cancellationToken)
    {
        using var insert = new SqliteStatement((SqliteConnection)transaction.Connection!, """
            INSERT INTO rate_versions (meter, scope, version, first_day, definition, in_force_from, is_superseding)
            VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """);
        foreach (var version in versions)
        {
            insert.Bind(1, version.Meter).Bind(2, version.Scope).Bind(3, version.Version).Bind(4, DayText.From(version.FirstDay))
                .Bind(5, version.Definition).Bind(6, DayText.From(version.InForceFrom)).Bind(7, version.IsSuperseding ? 1 : 0).Execute();
        }

        return Task.CompletedTask;
    }
}
