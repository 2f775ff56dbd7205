using Dapper;
using MySqlConnector;
using Settlement.Lines;
using Settlement.MySql.Connections;

namespace Settlement.MySql.Lines;

/// <summary>Counts what a run has.</summary>
internal static class LineChecks
{
    public static async Task<RunCheck> CheckAsync(
        MySqlConnection connection, MySqlTransaction transaction, long runId, CancellationToken cancellationToken)
    {
        // One pass over the lines gives both the counts and the amounts.
        var groups = (await connection.QueryAsync<Group>(new CommandDefinition(
            $"""
            SELECT {Rows.Text("l.meter")} AS Meter, l.kind AS Kind, l.usage_date AS UsageDate, {Rows.Text("l.rate_scope")} AS Scope,
                   {Rows.Text("l.rate_version")} AS Version, {Rows.Text("l.currency")} AS Currency, count(*) AS Count, sum(l.events) AS Events,
                   sum(l.quantity) AS Quantity, sum(l.counter_after - l.counter_before) AS Counted, sum(l.exact_amount) AS Exact, sum(l.amount) AS Amount
            FROM settlement_lines l FORCE INDEX (PRIMARY) WHERE l.run_id = @runId
            GROUP BY l.meter, l.kind, l.usage_date, l.rate_scope, l.rate_version, l.currency
            """,
            new { runId }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false)).AsList();
        var ofPayees = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT count(*) FROM settlement_lines FORCE INDEX (settlement_lines_by_payee) WHERE run_id = @runId", new { runId }, transaction,
            cancellationToken: cancellationToken)).ConfigureAwait(false);
        var quarantined = await QuarantineRows.SumAsync(connection, transaction, runId, cancellationToken).ConfigureAwait(false);
        return new RunCheck(Lines(groups), quarantined, ofPayees, Amounts(groups));
    }

    private static List<LineCheck> Lines(List<Group> groups) =>
        [.. groups.GroupBy(g => (g.Meter, g.Kind, g.UsageDate))
            .Select(g => new LineCheck(
                g.Key.Meter, (LineKind)g.Key.Kind, Sql.Day(g.Key.UsageDate), g.Sum(l => l.Count), g.Sum(l => l.Events), g.Sum(l => l.Quantity),
                g.Sum(l => l.Counted ?? 0), g.Where(l => l.Version is not null).Sum(l => l.Count)))
            .OrderBy(l => l.Meter, Utf8Order.Instance).ThenBy(l => l.Kind).ThenBy(l => l.UsageDate)];

    private static List<AmountOfVersion> Amounts(List<Group> groups) =>
        [.. groups.Where(g => g.Version is not null).GroupBy(g => (g.Meter, g.Scope, g.Version, g.Currency))
            .Select(g => new AmountOfVersion(
                g.Key.Meter, g.Key.Scope!, g.Key.Version!, g.Key.Currency!, g.Sum(l => l.Count), g.Sum(l => l.Exact ?? 0), g.Sum(l => l.Amount ?? 0)))
            .OrderBy(a => a.Meter, Utf8Order.Instance).ThenBy(a => a.RateScope, Utf8Order.Instance).ThenBy(a => a.RateVersion, Utf8Order.Instance)
            .ThenBy(a => a.Currency, Utf8Order.Instance)];

    private sealed class Group
    {
        public string Meter { get; set; } = "";

        public int Kind { get; set; }

        public DateTime UsageDate { get; set; }

        public string? Scope { get; set; }

        public string? Version { get; set; }

        public string? Currency { get; set; }

        public long Count { get; set; }

        public decimal Events { get; set; }

        public decimal Quantity { get; set; }

        public decimal? Counted { get; set; }

        public decimal? Exact { get; set; }

        public decimal? Amount { get; set; }
    }
}
