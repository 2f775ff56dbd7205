using System.Data.Common;
using Dapper;
using Settlement.Lines;
using Settlement.Sqlite.Connections;

namespace Settlement.Sqlite.Lines;

/// <summary>The rate versions that priced published days.</summary>
internal sealed class SqliteRecordedRateStore(SqliteDatabase database) : IRecordedRateStore
{
    public async Task<IReadOnlyList<RecordedRate>> ListAsync(DbTransaction? transaction, CancellationToken cancellationToken)
    {
        using var reader = transaction is null ? database.OpenReader() : null;
        var rows = await (reader ?? transaction!.Connection!)
            .QueryAsync<(string Meter, string Scope, string Version, string FirstDay, string Definition, string InForceFrom, long IsSuperseding)>(
                """
                SELECT meter, scope, version, first_day, definition, in_force_from, is_superseding FROM rate_versions ORDER BY meter, scope, version
                """,
                transaction: transaction).ConfigureAwait(false);
        return [.. rows.Select(r => new RecordedRate(
            r.Meter, r.Scope, r.Version, DayText.Parse(r.FirstDay), r.Definition, DayText.Parse(r.InForceFrom)) { IsSuperseding = r.IsSuperseding != 0 })];
    }

    public Task RecordAsync(DbTransaction transaction, IReadOnlyList<RecordedRate> versions, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO rate_versions (meter, scope, version, first_day, definition, in_force_from, is_superseding)
            VALUES (@Meter, @Scope, @Version, @firstDay, @Definition, @inForceFrom, @IsSuperseding) ON CONFLICT DO NOTHING
            """,
            versions.Select(v => new
            {
                v.Meter, v.Scope, v.Version, firstDay = DayText.From(v.FirstDay), v.Definition, inForceFrom = DayText.From(v.InForceFrom), v.IsSuperseding,
            }),
            transaction);
}
