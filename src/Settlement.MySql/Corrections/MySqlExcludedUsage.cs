using Dapper;
using Settlement.Corrections;
using Settlement.MySql.Connections;

namespace Settlement.MySql.Corrections;

/// <summary>Usage of applications' tables that is excluded.</summary>
internal sealed class MySqlExcludedUsage(MySqlDatabase database) : IExcludedUsage
{
    public Task<IReadOnlyList<ExcludedUsage>> ListBySourcesAsync(DateOnly usageDate, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            // What a reinstatement put back is excluded no longer.
            var rows = await connection.QueryAsync<(string Meter, string ItemId, string PayeeId, decimal Quantity, decimal Events)>(new CommandDefinition(
                $"""
                SELECT {Rows.Text("s.meter")}, {Rows.Text("s.item_id")}, {Rows.Text("s.payee_id")}, s.quantity, s.events
                FROM (SELECT e.meter, e.item_id, e.payee_id, sum(IF(p.kind = 'exclusion', e.quantity, -e.quantity)) AS quantity,
                             sum(IF(p.kind = 'exclusion', e.events, -e.events)) AS events
                      FROM exclusion_entries e JOIN proposals p ON p.proposal_id = e.proposal_id
                      WHERE e.usage_date = @day AND p.kind IN ('exclusion', 'reinstatement') AND p.state IN ('approved', 'done')
                      GROUP BY e.meter, e.item_id, e.payee_id) AS s
                WHERE s.quantity <> 0 OR s.events <> 0 ORDER BY s.meter, s.item_id, s.payee_id
                """,
                new { day = Sql.Day(usageDate) }, cancellationToken: cancellationToken)).ConfigureAwait(false);
            return (IReadOnlyList<ExcludedUsage>)[.. rows.Select(r => new ExcludedUsage(
                usageDate, r.Meter, r.ItemId, r.PayeeId, (long)r.Quantity, (long)r.Events))];
        },
        cancellationToken);
}
