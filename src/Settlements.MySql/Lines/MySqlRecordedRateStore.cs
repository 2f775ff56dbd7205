using System.Data.Common;
using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The store of the rate versions that priced published days.</summary>
internal sealed class MySqlRecordedRateStore(MySqlDatabase database) : IRecordedRateStore
{
    /// <summary>
    /// A row that a close recorded when it started is replaced; one that is priced stays as it is. Assignments are executed in order.
    /// </summary>
    private static readonly BulkTable Table = BulkTable.Of(
        "rate_versions", "meter", "scope", "version", "first_day", "definition", "in_force_from", "is_superseding", "is_priced") with
    {
        Update = """
            first_day = IF(is_priced, first_day, VALUES(first_day)), definition = IF(is_priced, definition, VALUES(definition)),
            in_force_from = IF(is_priced, in_force_from, VALUES(in_force_from)),
            is_superseding = IF(is_priced, is_superseding, VALUES(is_superseding)), is_priced = 1
            """,
    };

    private readonly BulkInsert _bulk = new(database.Server, database.Location, database.Options.CommandTimeout);

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
        (_, transaction) => WriteAsync(transaction, versions, isPriced: false, OnDuplicate.Skip, cancellationToken), cancellationToken);

    public Task<bool> DiscardAsync(string meter, string scope, string version, CancellationToken cancellationToken) => database.WriteAsync(
        async (connection, transaction) => await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM rate_versions WHERE meter = @meter AND scope = @scope AND version = @version AND is_priced = 0",
            new { meter, scope, version }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false) == 1,
        cancellationToken);

    public Task RecordAsync(DbTransaction transaction, IReadOnlyList<RecordedRate> versions, CancellationToken cancellationToken) =>
        WriteAsync((MySqlTransaction)transaction, versions, isPriced: true, OnDuplicate.Update, cancellationToken);

    private Task<BulkResult> WriteAsync(
        MySqlTransaction transaction, IReadOnlyList<RecordedRate> versions, bool isPriced, OnDuplicate onDuplicate,
        CancellationToken cancellationToken)
    {
        var rows = new ListRows<RecordedRate>(versions, (row, version) =>
        {
            row.Text(version.Meter);
            row.Text(version.Scope);
            row.Text(version.Version);
            row.Day(version.FirstDay);
            row.Text(version.Definition);
            row.Day(version.InForceFrom);
            row.Int64(version.IsSuperseding ? 1 : 0);
        });
        return _bulk.WriteByInsertAsync(
            transaction.Connection!, transaction, Table.With(("is_priced", isPriced ? "1" : "0")), onDuplicate, rows, cancellationToken);
    }
}
