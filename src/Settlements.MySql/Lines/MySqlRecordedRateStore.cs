using System.Data.Common;
using Dapper;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The store of the rate versions that priced published days.</summary>
internal sealed class MySqlRecordedRateStore(MySqlDatabase database) : IRecordedRateStore
{
    public Task<IReadOnlyList<RecordedRate>> ListAsync(DbTransaction? transaction, CancellationToken cancellationToken) =>
        database.ReadAsync(transaction, async (connection, active) =>
        {
            var rows = await connection
                .QueryAsync<(string Meter, string Scope, string Version, DateTime FirstDay, string Definition, DateTime InForceFrom,
                    int IsSuperseding)>(
                    new CommandDefinition(
                        $"""
                        SELECT {Rows.Text("r.meter")}, {Rows.Text("r.scope")}, {Rows.Text("r.version")}, r.first_day,
                            {Rows.Text("r.definition")},
                               r.in_force_from, r.is_superseding
                        FROM rate_versions r ORDER BY r.meter, r.scope, r.version
                        """,
                        transaction: active, cancellationToken: cancellationToken)).ConfigureAwait(false);
            return (IReadOnlyList<RecordedRate>)[.. rows.Select(r => new RecordedRate(
                r.Meter, r.Scope, r.Version, Sql.Day(r.FirstDay), r.Definition, Sql.Day(r.InForceFrom))
            {
                IsSuperseding = r.IsSuperseding == 1,
            })];
        },
        cancellationToken);

    public Task RecordAsync(DbTransaction transaction, IReadOnlyList<RecordedRate> versions, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(
            """
            INSERT IGNORE INTO rate_versions (meter, scope, version, first_day, definition, in_force_from, is_superseding)
            VALUES (@Meter, @Scope, @Version, @firstDay, @Definition, @inForceFrom, @isSuperseding)
            """,
            versions.Select(v => new
            {
                v.Meter, v.Scope, v.Version, firstDay = Sql.Day(v.FirstDay), v.Definition, inForceFrom = Sql.Day(v.InForceFrom),
                isSuperseding = v.IsSuperseding ? 1 : 0,
            }),
            transaction, cancellationToken: cancellationToken));
}
