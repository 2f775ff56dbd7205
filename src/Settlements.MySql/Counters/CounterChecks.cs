using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Compares the counters in force, including those of a run that is about to be published, with the totals recorded at publication.
/// </summary>
internal sealed class CounterChecks(PublishedRuns published)
{
    public async Task<IReadOnlyList<CounterCheck>> CheckAsync(
        MySqlConnection connection, MySqlTransaction? transaction, long runId, IReadOnlyList<CounterInstance> instances,
        CancellationToken cancellationToken)
    {
        var checks = new List<CounterCheck>(instances.Count);
        foreach (var instance in instances)
        {
            var (rows, total, newRows) = (await SumAsync(
                connection, transaction, runId, "''", Sums("quantity", "previous"),
                $"item_counters WHERE {CounterNames.Condition(instance)}",
                cancellationToken).ConfigureAwait(false)).GetValueOrDefault("");
            var recorded = await RecordedAsync(
                connection, transaction, instance.Meter, CounterPeriodText.Of(instance.Period), instance.Start, cancellationToken)
                    .ConfigureAwait(false);
            var (recordedRows, recordedTotal) = recorded.GetValueOrDefault("");
            checks.Add(new CounterCheck(instance, rows, total, newRows, recordedRows, recordedTotal));
        }

        return checks;
    }

    public Task<IReadOnlyList<AmountCheck>> CheckRoundingAsync(
        MySqlConnection connection, MySqlTransaction transaction, long runId, string meter, CancellationToken cancellationToken) =>
        CheckAsync(
            connection, transaction, runId, meter, "currency", "rounding_sums", CounterNames.OfRounding(""), cancellationToken);

    public Task<IReadOnlyList<AmountCheck>> CheckVolumeAsync(
        MySqlConnection connection, MySqlTransaction transaction, long runId, string meter, CancellationToken cancellationToken) =>
        CheckAsync(
            connection, transaction, runId, meter, "concat(rate_scope, ' ', rate_version)", "volume_units", CounterNames.OfVolume(""),
            cancellationToken);

    public static Task RecordAsync(
        MySqlTransaction transaction, IEnumerable<CounterCheck> counters, IEnumerable<(string Meter, AmountCheck Check)> rounding,
        IEnumerable<(string Meter, AmountCheck Check)> volume, CancellationToken cancellationToken)
    {
        var rows = counters
            .Select(c => (
                c.Instance.Meter, Name: CounterPeriodText.Of(c.Instance.Period), Start: c.Instance.Start, Rows: c.Items, Total: c.Quantity))
            .Concat(rounding.Select(r =>
                (r.Meter, Name: CounterNames.OfRounding(r.Check.Name), Start: CounterNames.NoPeriod, r.Check.Rows, Total: r.Check.Amount)))
            .Concat(volume.Select(v =>
                (v.Meter, Name: CounterNames.OfVolume(v.Check.Name), Start: CounterNames.NoPeriod, v.Check.Rows, Total: v.Check.Amount)));
        return transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "REPLACE INTO counter_totals (meter, name, period_start, row_count, total) VALUES (@Meter, @Name, @start, @Rows, @Total)",
            rows.Select(r => new { r.Meter, r.Name, start = Sql.Day(r.Start), r.Rows, r.Total }), transaction,
            cancellationToken: cancellationToken));
    }

    private async Task<IReadOnlyList<AmountCheck>> CheckAsync(
        MySqlConnection connection, MySqlTransaction transaction, long runId, string meter, string name, string table, string prefix,
        CancellationToken cancellationToken)
    {
        var actual = await SumAsync(
            connection, transaction, runId, name, Sums("exact_amount", "previous_exact"), $"{table} WHERE meter = {Sql.Literal(meter)}",
            cancellationToken)
            .ConfigureAwait(false);
        var recorded = await RecordedAsync(connection, transaction, meter, prefix, CounterNames.NoPeriod, cancellationToken)
            .ConfigureAwait(false);
        return [.. actual.Keys.Union(recorded.Keys, StringComparer.Ordinal).Order(Utf8Order.Instance).Select(one =>
        {
            var (rows, amount, newRows) = actual.GetValueOrDefault(one);
            var (recordedRows, recordedAmount) = recorded.GetValueOrDefault(one);
            return new AmountCheck(one, rows, amount, newRows, recordedRows, recordedAmount);
        })];
    }

    private static string Sums(string value, string previous) =>
        $"count(*) AS Count, sum({value}) AS Total, count({previous}) AS PreviousCount, sum({previous}) AS PreviousTotal";

    /// <summary>Sums rows by name and run in one scan; which of the few runs are in force is looked up afterwards.</summary>
    private async Task<Dictionary<string, (long Rows, decimal Total, long NewRows)>> SumAsync(
        MySqlConnection connection, MySqlTransaction? transaction, long runId, string name, string sums, string rows,
        CancellationToken cancellationToken)
    {
        var groups = (await connection.QueryAsync<Group>(new CommandDefinition(
            $"SELECT {Rows.Text(name)} AS Name, run_id AS RunId, {sums} FROM {rows} GROUP BY {(name == "''" ? "" : $"{name}, ")}run_id",
            transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false)).AsList();
        var inForce = await published.FilterAsync(connection, transaction, [.. groups.Select(g => g.RunId).Distinct()], cancellationToken)
            .ConfigureAwait(false);
        return groups.GroupBy(g => g.Name, StringComparer.Ordinal).ToDictionary(
            g => g.Key,
            g => (
                g.Sum(r => r.RunId == runId || inForce.Contains(r.RunId) ? r.Count : r.PreviousCount),
                g.Sum(r => r.RunId == runId || inForce.Contains(r.RunId) ? r.Total : r.PreviousTotal ?? 0),
                runId == 0 ? 0 : g.Where(r => r.RunId == runId).Sum(r => r.Count - r.PreviousCount)),
            StringComparer.Ordinal);
    }

    /// <summary>Reads the totals recorded under names with a prefix, by the remainder of the name.</summary>
    private static async Task<Dictionary<string, (long Rows, decimal Total)>> RecordedAsync(
        MySqlConnection connection, MySqlTransaction? transaction, string meter, string prefix, DateOnly start,
        CancellationToken cancellationToken)
    {
        var recorded = await connection.QueryAsync<(string Name, long Rows, decimal Total)>(new CommandDefinition(
            $"SELECT {Rows.Text("name")}, row_count, total FROM counter_totals WHERE meter = @meter AND period_start = @start",
            new { meter, start = Sql.Day(start) }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return recorded.Where(r => r.Name.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(r => r.Name[prefix.Length..], r => (r.Rows, r.Total), StringComparer.Ordinal);
    }

    private sealed class Group
    {
        public string Name { get; set; } = "";

        public long RunId { get; set; }

        public long Count { get; set; }

        public decimal Total { get; set; }

        public long PreviousCount { get; set; }

        public decimal? PreviousTotal { get; set; }
    }
}
