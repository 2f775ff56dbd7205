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
                    int IsSuperseding, int IsPriced)>(
                    new CommandDefinition(
                        $"""
                        SELECT {Rows.Text("r.meter")}, {Rows.Text("r.scope")}, {Rows.Text("r.version")}, r.first_day,
                            {Rows.Text("r.definition")},
                               r.in_force_from, r.is_superseding, r.is_priced
                        FROM rate_versions r ORDER BY r.meter, r.scope, r.version
                        """,
                        transaction: active, cancellationToken: cancellationToken)).ConfigureAwait(false);
            return (IReadOnlyList<RecordedRate>)[.. rows.Select(r => new RecordedRate(
                r.Meter, r.Scope, r.Version, Sql.Day(r.FirstDay), r.Definition, Sql.Day(r.InForceFrom))
            {
                IsSuperseding = r.IsSuperseding == 1, IsPriced = r.IsPriced == 1,
            })];
        },
        cancellationToken);

    public Task BeginAsync(IReadOnlyList<RecordedRate> versions, CancellationToken cancellationToken) => database.WriteAsync(
        (_, transaction) => InsertAsync(
            transaction,
            """
            INSERT IGNORE INTO rate_versions (meter, scope, version, first_day, definition, in_force_from, is_superseding, is_priced)
            VALUES (@Meter, @Scope, @Version, @firstDay, @Definition, @inForceFrom, @isSuperseding, 0)
            """,
            versions, cancellationToken),
        cancellationToken);

    public Task<bool> DiscardAsync(string meter, string scope, string version, CancellationToken cancellationToken) => database.WriteAsync(
        async (connection, transaction) => await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM rate_versions WHERE meter = @meter AND scope = @scope AND version = @version AND is_priced = 0",
            new { meter, scope, version }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false) == 1,
        cancellationToken);

    public async Task RecordAsync(DbTransaction transaction, IReadOnlyList<RecordedRate> versions, CancellationToken cancellationToken)
    {
        // A row that a close recorded when it started is replaced; one that is priced stays as it is.
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "DELETE FROM rate_versions WHERE meter = @Meter AND scope = @Scope AND version = @Version AND is_priced = 0",
            versions.Select(v => new { v.Meter, v.Scope, v.Version }), transaction, cancellationToken: cancellationToken))
            .ConfigureAwait(false);
        await InsertAsync(
            transaction,
            """
            INSERT IGNORE INTO rate_versions (meter, scope, version, first_day, definition, in_force_from, is_superseding, is_priced)
            VALUES (@Meter, @Scope, @Version, @firstDay, @Definition, @inForceFrom, @isSuperseding, 1)
            """,
            versions, cancellationToken).ConfigureAwait(false);
    }

    private static Task<int> InsertAsync(
        DbTransaction transaction, string sql, IReadOnlyList<RecordedRate> versions, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(
            sql, versions.Select(v => new
            {
                v.Meter, v.Scope, v.Version, firstDay = Sql.Day(v.FirstDay), v.Definition, inForceFrom = Sql.Day(v.InForceFrom),
                isSuperseding = v.IsSuperseding ? 1 : 0,
            }),
            transaction, cancellationToken: cancellationToken));
}
