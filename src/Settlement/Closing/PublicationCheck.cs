using System.Data.Common;
using System.Globalization;
using Settlement.BusinessDays;
using Settlement.Sums;
using Settlement.Lines;

namespace Settlement.Closing;

/// <summary>What has to hold of a run's rows before they are published. That counts go on where they stood is looked at when they are priced.</summary>
internal sealed class PublicationCheck(IDailyTotalStore totals, IPricedLineStore lines, IReadOnlyCollection<string> pricedMeters, DateOnly day)
{
    /// <summary>Looks at the run's rows in the transaction that publishes them.</summary>
    /// <exception cref="InvariantException">Something does not hold; says all of it.</exception>
    public async Task RequireAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken)
    {
        var meters = await totals.CheckAsync(transaction, runId, cancellationToken).ConfigureAwait(false);
        var (lineMeters, linesOfPayees) = await lines.CheckAsync(transaction, runId, cancellationToken).ConfigureAwait(false);
        var faults = Faults(meters, lineMeters, linesOfPayees).ToList();
        if (faults.Count > 0)
        {
            throw new InvariantException(string.Create(
                CultureInfo.InvariantCulture,
                $"Day {day:O} is not published by run {runId}: {string.Join("; ", faults)}. Rows of the run were changed by hand, or there is a defect. "
                + $"Abandon the run (AbandonAsync of PipelineRunner) and close again: everything is computed anew from the events."));
        }
    }

    private IEnumerable<string> Faults(IReadOnlyList<MeterCheck> meters, IReadOnlyList<LineCheck> lineMeters, long linesOfPayees)
    {
        var linesByMeter = lineMeters.ToDictionary(l => l.Meter, StringComparer.Ordinal);
        foreach (var meter in meters)
        {
            if (meter.Events != meter.EventsRead || meter.Quantity != meter.QuantityRead)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"the totals of meter '{meter.Meter}' are not the sum of its events: {meter.Events} events of {meter.Quantity} units in the totals, "
                    + $"{meter.EventsRead} of {meter.QuantityRead} were read");
            }

            var line = linesByMeter.GetValueOrDefault(meter.Meter) ?? new LineCheck(meter.Meter, 0, 0, 0);
            linesByMeter.Remove(meter.Meter);
            var expected = pricedMeters.Contains(meter.Meter) ? (meter.Totals, meter.Quantity) : (0, 0);
            if ((line.Lines, line.Quantity) != expected)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"the lines of meter '{meter.Meter}' are not its totals: {line.Lines} lines of {line.Quantity} units, {expected.Item1} totals of {expected.Item2}");
            }

            if (line.Counted != line.Quantity)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"the cumulative counts of meter '{meter.Meter}' have a gap: the lines have {line.Quantity} units and count {line.Counted} on");
            }
        }

        foreach (var line in linesByMeter.Values)
            yield return string.Create(CultureInfo.InvariantCulture, $"meter '{line.Meter}' has {line.Lines} lines and no total");
        if (linesOfPayees != lineMeters.Sum(l => l.Lines))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"statements are not the lines: {linesOfPayees} lines are found by their payees, {lineMeters.Sum(l => l.Lines)} are there (the index is damaged)");
        }
    }
}
