using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Sums the lines of a run.</summary>
/// <remarks>
/// Most lines of a meter have the same kind, usage date and rate. Those are summed without grouping, and only the others are grouped: a
/// temporary table with these keys would cost ten times as much as the sums.
/// </remarks>
internal static class LineChecks
{
    /// <summary>The number of lines from which the most common key is estimated. A wrong estimate costs only time.</summary>
    private const int SampleRows = 1_000;

    private const string Sums = "count(*) AS Count, sum(l.events) AS Events, sum(l.quantity) AS Quantity, sum(l.counter_after - "
        + "l.counter_before) AS Counted, "
        + "sum(l.exact_amount) AS Exact, sum(l.amount) AS Amount";

    private const string IsUsual = "l.kind = @Kind AND l.usage_date = @UsageDate AND l.rate_scope <=> @Scope AND l.rate_version <=> "
        + "@Version AND l.currency <=> @Currency";

    private static readonly string Keys = $"l.kind AS Kind, l.usage_date AS UsageDate, {Rows.Text("l.rate_scope")} AS Scope, "
        + $"{Rows.Text("l.rate_version")} AS Version, {Rows.Text("l.currency")} AS Currency";

    public static async Task<RunCheck> CheckAsync(
        MySqlConnection connection, MySqlTransaction transaction, long runId, CancellationToken cancellationToken)
    {
        var groups = new List<LineGroup>();
        for (var after = ""; await NextMeterAsync(connection, transaction, runId, after, cancellationToken)
            .ConfigureAwait(false) is { } meter; after = meter)
            groups.AddRange(await GroupAsync(connection, transaction, runId, meter, cancellationToken).ConfigureAwait(false));
        var ofPayees = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT count(*) FROM settlement_lines FORCE INDEX (settlement_lines_by_payee) WHERE run_id = @runId", new { runId },
            transaction,
            cancellationToken: cancellationToken)).ConfigureAwait(false);
        var quarantined = await QuarantineRows.SumAsync(connection, transaction, runId, cancellationToken).ConfigureAwait(false);
        var sums = await PayeeSumRows.ListAsync(connection, transaction, runId, cancellationToken).ConfigureAwait(false);
        return new RunCheck(Lines(groups), quarantined, ofPayees, Amounts(groups), PayeeCheck.Of(sums));
    }

    /// <summary>Finds the few meters of a run by stepping through the index.</summary>
    private static Task<string?> NextMeterAsync(
        MySqlConnection connection, MySqlTransaction transaction, long runId, string after, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            $"SELECT {Rows.Text("min(meter)")} FROM settlement_lines WHERE run_id = @runId AND meter > @after", new { runId, after },
            transaction,
            cancellationToken: cancellationToken));

    private static async Task<IEnumerable<LineGroup>> GroupAsync(
        MySqlConnection connection, MySqlTransaction transaction, long runId, string meter, CancellationToken cancellationToken)
    {
        const string Lines = "FROM settlement_lines l FORCE INDEX (PRIMARY) WHERE l.run_id = @RunId AND l.meter = @Meter";
        var usual = await connection.QuerySingleAsync<LineGroup>(new CommandDefinition(
            $"""
            SELECT {Keys}, count(*) AS Count
            FROM (SELECT l.kind, l.usage_date, l.rate_scope, l.rate_version, l.currency {Lines} LIMIT @SampleRows) AS l
            GROUP BY l.kind, l.usage_date, l.rate_scope, l.rate_version, l.currency ORDER BY Count DESC LIMIT 1
            """,
            new { RunId = runId, Meter = meter, SampleRows }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        var parameters = new { RunId = runId, Meter = meter, usual.Kind, usual.UsageDate, usual.Scope, usual.Version, usual.Currency };
        var sums = await connection.QuerySingleAsync<LineGroup>(new CommandDefinition(
            $"SELECT {Sums} {Lines} AND {IsUsual}", parameters, transaction, commandTimeout: 0, cancellationToken: cancellationToken))
                .ConfigureAwait(false);
        (sums.Kind, sums.UsageDate, sums.Scope, sums.Version, sums.Currency) = (
            usual.Kind, usual.UsageDate, usual.Scope, usual.Version, usual.Currency);
        var others = await connection.QueryAsync<LineGroup>(new CommandDefinition(
            $"SELECT {Keys}, {Sums} {Lines} AND NOT ({IsUsual}) GROUP BY l.kind, l.usage_date, l.rate_scope, l.rate_version, l.currency",
            parameters, transaction, commandTimeout: 0, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return others.Append(sums).Select(group =>
        {
            group.Meter = meter;
            return group;
        });
    }

    private static List<LineCheck> Lines(List<LineGroup> groups) =>
        [.. groups.GroupBy(g => (g.Meter, g.Kind, g.UsageDate))
            .Select(g => new LineCheck(
                g.Key.Meter, (LineKind)g.Key.Kind, Sql.Day(g.Key.UsageDate), g.Sum(l => l.Count), g.Sum(l => l.Events),
                g.Sum(l => l.Quantity),
                g.Sum(l => l.Counted ?? 0), g.Where(l => l.Version is not null).Sum(l => l.Count)))
            .OrderBy(l => l.Meter, Utf8Order.Instance).ThenBy(l => l.Kind).ThenBy(l => l.UsageDate)];

    private static List<VersionAmount> Amounts(List<LineGroup> groups) =>
        [.. groups.Where(g => g.Version is not null).GroupBy(g => (g.Meter, g.Scope, g.Version, g.Currency))
            .Select(g => new VersionAmount(
                g.Key.Meter, g.Key.Scope!, g.Key.Version!, g.Key.Currency!, g.Sum(l => l.Count), Rows.Normalized(g.Sum(l => l.Exact ?? 0)),
                Rows.Normalized(g.Sum(l => l.Amount ?? 0))))
            .OrderBy(a => a.Meter, Utf8Order.Instance).ThenBy(a => a.RateScope, Utf8Order.Instance).ThenBy(
                a => a.RateVersion, Utf8Order.Instance)
            .ThenBy(a => a.Currency, Utf8Order.Instance)];

    /// <summary>The sums of a run's lines with the same key.</summary>
    private sealed class LineGroup
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
