using Settlement.Corrections;
using Settlement.Sqlite.Connections;

namespace Settlement.Sqlite.Corrections;

/// <summary>Usage of applications' tables that approved exclusions took out, less what was reinstated.</summary>
internal sealed class SqliteExcludedUsage(SqliteDatabase database) : IExcludedUsage
{
    public Task<IReadOnlyList<ExcludedUsage>> ListBySourcesAsync(DateOnly usageDate, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        using var row = new SqliteStatement(connection, """
            SELECT meter, item_id, payee_id, units, rows
            FROM (SELECT e.meter, e.item_id, e.payee_id,
                         sum(CASE p.kind WHEN 'exclusion' THEN e.quantity ELSE -e.quantity END) AS units,
                         sum(CASE p.kind WHEN 'exclusion' THEN e.events ELSE -e.events END) AS rows
                  FROM exclusion_entries e JOIN proposals p ON p.proposal_id = e.proposal_id
                  WHERE e.usage_date = ? AND p.kind IN ('exclusion', 'reinstatement') AND p.state IN ('approved', 'done')
                  GROUP BY e.meter, e.item_id, e.payee_id)
            WHERE units <> 0 OR rows <> 0 ORDER BY meter, item_id, payee_id
            """);
        row.Bind(1, DayText.From(usageDate));
        var excluded = new List<ExcludedUsage>();
        while (row.Step())
            excluded.Add(new ExcludedUsage(usageDate, row.Text(0), row.Text(1), row.Text(2), row.Int64(3), row.Int64(4)));
        return Task.FromResult<IReadOnlyList<ExcludedUsage>>(excluded);
    }
}
