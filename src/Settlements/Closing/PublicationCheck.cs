using System.Data.Common;
using System.Globalization;
using Settlements.Stores;

namespace Settlements;

/// <summary>The totals of a run that passed the checks.</summary>
internal sealed record CheckedRun(
    RunCheck Run, List<CounterCheck> Counters, List<(string Meter, AmountCheck Check)> Rounding,
    List<(string Meter, AmountCheck Check)> Volume);

/// <summary>
/// Checks the invariants of a run's rows, in the transaction that publishes them; or just before it on a store with a single writer, where
/// the check would block all other writers.
/// </summary>
internal sealed class PublicationCheck(
    CloseStores stores, RatesInForce rates, UsageScales scales, BusinessCalendar calendar, DateOnly day)
{
    /// <summary>Checks all invariants. Does not write.</summary>
    /// <returns>The totals of the run and of its stores.Counters.</returns>
    /// <exception cref="InvariantException">An invariant is violated; the message lists all violations.</exception>
    public async Task<CheckedRun> RequireAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken)
    {
        var read = await stores.Sums.ReadControlTotalsAsync(transaction, runId, cancellationToken).ConfigureAwait(false);
        var run = await stores.Lines.CheckAsync(transaction, runId, cancellationToken).ConfigureAwait(false);
        var violations = LineViolations(read, run).ToList();
        var entries = new List<RestatementEntry>();
        await foreach (var entry in stores.Restatements.ReadAsync(day, null, null, cancellationToken).ConfigureAwait(false))
            entries.Add(entry);
        violations.AddRange(PayeeViolations(run));
        violations.AddRange(RestatementViolations(run, entries));
        var checkedRun = new CheckedRun(run, [], [], []);
        violations.AddRange(await CounterViolationsAsync(transaction, runId, checkedRun, entries, cancellationToken).ConfigureAwait(false));
        if (violations.Count == 0)
            return checkedRun;
        throw new InvariantException(string.Create(
            CultureInfo.InvariantCulture,
            $"Day {day:O} is not published by run {runId}: {string.Join("; ", violations)}. Rows were changed by hand, or there is a "
            + $"defect. Abandon the run (PipelineRunner.AbandonAsync) and close the day again, which recomputes it from the events. "
            + $"If counters were changed, rebuild them from the published lines with Verifier.RebuildCountersAsync."));
    }

    /// <summary>Records the totals of the counters, for the check of the next publication.</summary>
    public Task RecordAsync(DbTransaction transaction, CheckedRun run, CancellationToken cancellationToken) =>
        stores.Counters.RecordTotalsAsync(transaction, run.Counters, run.Rounding, run.Volume, cancellationToken);

    private IEnumerable<string> LineViolations(IReadOnlyList<ControlTotal> read, RunCheck run)
    {
        var meters = run.Lines.Select(l => l.Meter).Concat(read.Select(r => r.Meter)).Concat(run.Quarantined.Select(q => q.Meter))
            .Distinct(StringComparer.Ordinal).Order(Utf8Order.Instance);
        foreach (var meter in meters)
        {
            var control = read.FirstOrDefault(r => r.Meter == meter) ?? new ControlTotal(meter, 0, 0);
            var quarantined = run.Quarantined.FirstOrDefault(q => q.Meter == meter) ?? new ControlTotal(meter, 0, 0);
            var usage = run.Lines.Where(l => l.Meter == meter && l.Kind == LineKind.Usage).ToList();
            var (events, quantity) = (usage.Sum(l => l.Events) + quarantined.Events, usage.Sum(l => l.Quantity) + quarantined.Quantity);
            if (events != control.Events
                || !scales.AddUp(meter, quantity, control.Quantity, usage.Sum(l => l.Lines) + quarantined.Sums))
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"the lines of meter '{meter}' do not add up to its events: the lines have {events} events of {quantity} units, "
                    + $"and {control.Events} events of {control.Quantity / scales.Of(meter)} units were read");
            }

            var priced = run.Lines.Where(l => l.Meter == meter && l.Priced > 0).ToList();
            if (priced.Sum(l => l.Counted) != priced.Sum(l => l.Quantity))
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"the counters in the lines of meter '{meter}' have a gap: the lines have {priced.Sum(l => l.Quantity)} units, "
                    + $"and their counters increase by {priced.Sum(l => l.Counted)}");
            }
        }

        foreach (var mixed in run.Lines.Where(l => l.Priced > 0 && l.Priced < l.Lines))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{mixed.Lines - mixed.Priced} of {mixed.Lines} lines of meter '{mixed.Meter}' have no price");
        }

        if (run.LinesByPayee != run.Lines.Sum(l => l.Lines))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"statements differ from the lines: the index by payee has {run.LinesByPayee} lines, the table has "
                + $"{run.Lines.Sum(l => l.Lines)} (the index is corrupt)");
        }
    }

    /// <summary>Checks that the sums by payee, which statements of all payees are read from, add up to the lines.</summary>
    private static IEnumerable<string> PayeeViolations(RunCheck run)
    {
        var lines = run.Amounts.GroupBy(a => (a.Meter, a.Currency)).ToDictionary(m => m.Key, m => m.Sum(a => a.Amount));
        var sums = run.Payees.ToDictionary(p => (p.Meter, p.Currency), p => p.Amount);
        foreach (var key in lines.Keys.Union(sums.Keys)
            .OrderBy(k => k.Meter, Utf8Order.Instance).ThenBy(k => k.Currency, StringComparer.Ordinal))
        {
            if (lines.GetValueOrDefault(key) != sums.GetValueOrDefault(key))
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"the sums by payee of meter '{key.Meter}' have {sums.GetValueOrDefault(key)} {key.Currency}, the lines have "
                    + $"{lines.GetValueOrDefault(key)}");
            }
        }

        foreach (var meter in run.Lines.GroupBy(l => l.Meter, StringComparer.Ordinal))
        {
            var (priced, sum) = (
                meter.Where(l => l.Priced > 0).Sum(l => l.Quantity), run.Payees.Where(p => p.Meter == meter.Key).Sum(p => p.Quantity));
            if (priced != sum)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"the sums by payee of meter '{meter.Key}' have {sum} units, the lines have {priced}");
            }
        }
    }

    private static List<string> RestatementViolations(RunCheck run, List<RestatementEntry> entries)
    {
        var expected = entries.GroupBy(e => e.Meter, StringComparer.Ordinal).ToDictionary(
            m => m.Key,
            m => (Lines: m.DistinctBy(e => (e.ItemId, e.PayeeId, e.UsageDate, e.Restates)).Count(),
                Quantity: m.Sum(e => (decimal)e.Quantity)),
            StringComparer.Ordinal);
        var violations = new List<string>();
        foreach (var meter in expected.Keys.Concat(run.Lines.Select(l => l.Meter)).Distinct(StringComparer.Ordinal)
            .Order(Utf8Order.Instance))
        {
            var (lineCount, quantity) = expected.GetValueOrDefault(meter);
            var found = run.Lines.Where(l => l.Meter == meter && l.Kind == LineKind.Restatement).ToList();
            if (found.Sum(l => l.Lines) != lineCount || found.Sum(l => l.Quantity) != quantity)
            {
                violations.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"meter '{meter}' has {found.Sum(l => l.Lines)} restatement lines of {found.Sum(l => l.Quantity)} units, "
                    + $"and {lineCount} lines of {quantity} units were approved"));
            }
        }

        return violations;
    }

    /// <summary>
    /// Checks that the counters of each period equal the recorded total plus the lines of the run; likewise the exact sums of cumulative
    /// rounding and the units under volume tables.
    /// </summary>
    private async Task<List<string>> CounterViolationsAsync(
        DbTransaction transaction, long runId, CheckedRun checkedRun, List<RestatementEntry> entries, CancellationToken cancellationToken)
    {
        var (run, rounding, volume) = (checkedRun.Run, checkedRun.Rounding, checkedRun.Volume);
        var violations = new List<string>();
        var added = new Dictionary<CounterInstance, decimal>();
        foreach (var line in run.Lines)
        {
            if (rates.Of(line.Meter) is not { } meter)
                continue;
            foreach (var instance in CounterCache.InstancesOf(meter, line.UsageDate, calendar))
                added[instance] = added.GetValueOrDefault(instance) + line.Quantity;
        }

        var checks = await stores.Counters.CheckAsync(transaction, runId, [.. added.Keys], cancellationToken).ConfigureAwait(false);
        checkedRun.Counters.AddRange(checks);
        foreach (var check in checks)
        {
            var expected = (check.RecordedItems + check.NewItems, check.RecordedQuantity + added[check.Instance]);
            if ((check.Items, check.Quantity) != expected)
            {
                violations.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"meter '{check.Instance.Meter}' has {check.Items} counters with {check.Quantity} units over {Name(check.Instance)}, "
                    + $"instead of {expected.Item1} with {expected.Item2}: a row of item_counters was changed or deleted"));
            }
        }

        foreach (var meter in rates.Meters.Where(m => run.Amounts.Any(a => a.Meter == m.Meter)))
        {
            var amounts = run.Amounts.Where(a => a.Meter == meter.Meter).ToList();
            if (meter.Rounding == Rounding.Cumulative)
            {
                foreach (var check in await stores.Counters.CheckRoundingAsync(transaction, runId, meter.Meter, cancellationToken)
                    .ConfigureAwait(false))
                {
                    rounding.Add((meter.Meter, check));
                    Compare(check, amounts.Where(a => a.Currency == check.Name).Sum(a => a.ExactAmount), "rounding_sums");
                }
            }

            if (meter.HasVolume)
            {
                foreach (var check in await stores.Counters.CheckVolumeAsync(transaction, runId, meter.Meter, cancellationToken)
                    .ConfigureAwait(false))
                    volume.Add((meter.Meter, check));
                var of = volume.Where(v => v.Meter == meter.Meter).ToList();
                var expected = of.Sum(v => v.Check.Recorded) + amounts.Where(a => meter.IsVolume(a.RateScope, a.RateVersion))
                    .Sum(a => a.ExactAmount)
                    + entries.Where(e => e.Meter == meter.Meter).GroupBy(e => (e.ItemId, e.PayeeId, e.UsageDate, e.Restates))
                        .Sum(e => Crossing(meter, RestatedPrice.Merge(e.Select(one => one.Price))));
                Compare(new AmountCheck(
                    "all versions", of.Sum(v => v.Check.Rows), of.Sum(v => v.Check.Amount), of.Sum(v => v.Check.NewRows),
                    of.Sum(v => v.Check.RecordedRows), expected), 0, "volume_units");
            }

            void Compare(AmountCheck check, decimal added, string table)
            {
                if (check.Rows != check.RecordedRows + check.NewRows || check.Amount != check.Recorded + added)
                {
                    violations.Add(string.Create(
                        CultureInfo.InvariantCulture,
                        $"meter '{meter.Meter}' has {check.Rows} rows of {table} ({check.Name}) with a sum of {check.Amount}, instead of "
                        + $"{check.RecordedRows + check.NewRows} with {check.Recorded + added}: a row was changed or deleted"));
                }
            }
        }

        return violations;
    }

    /// <summary>
    /// Returns the exact amount that a restatement adds to the volume units or removes, when it changes to or from a volume table.
    /// </summary>
    private static decimal Crossing(MeterRates meter, RestatedPrice? price)
    {
        if (price is null)
            return 0;
        var (from, to) = (meter.IsVolume(price.OldScope, price.OldVersion), meter.IsVolume(price.NewScope, price.NewVersion));
        return from == to ? 0 : to ? price.OldExact : -price.OldExact;
    }

    private static string Name(CounterInstance instance) => instance.Period == CounterPeriod.Lifetime
        ? "the lifetime"
        : string.Create(CultureInfo.InvariantCulture, $"the {instance.Period.ToString().ToLowerInvariant()} from {instance.Start:O}");
}
