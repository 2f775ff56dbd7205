using Settlement.BusinessDays;
using Settlement.Calendars;
using Settlement.Sums;
using Settlement.Lines;

namespace Settlement.Verification;

/// <summary>Computes published days again, from the events, and compares. Changes nothing. Thread-safe.</summary>
public sealed class Verifier
{
    private readonly IDayStore _days;
    private readonly DayEvents _events;
    private readonly IPricedLineStore _lines;
    private readonly SettlementOptions _options;

    internal Verifier(IDayStore days, DayEvents events, IPricedLineStore lines, SettlementOptions options)
    {
        _days = days;
        _events = events;
        _lines = lines;
        _options = options;
    }

    /// <summary>
    /// Sums the events of each published day of a range again, prices them on the counts of all days before, and compares totals and lines with
    /// what was published. Reads the totals of all earlier days, and holds a counter of each item in memory.
    /// </summary>
    /// <param name="days">Both ends included; days that are not published, or whose events were dropped, are passed over.</param>
    /// <param name="progress">Told after each day, from any thread.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>What differs.</returns>
    public async Task<VerificationReport> VerifyAsync(
        DateRange days, IProgress<VerificationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var published = await _days.ListPublishedAsync(new DateRange(BusinessCalendar.FirstDay, days.Last), cancellationToken).ConfigureAwait(false);
        var report = new VerificationReport.Builder();
        var counters = new Dictionary<(string Meter, string ItemId), ItemCounter>();
        for (var i = 0; i < published.Count; i++)
        {
            var day = published[i].Day;
            var stored = await _events.PublishedAsync(day, cancellationToken).ConfigureAwait(false);
            var isVerified = days.Contains(day) && published[i].HasEvents;
            IReadOnlyList<DailyTotal> totals = isVerified ? await _events.SumAsClosedAsync(day, cancellationToken).ConfigureAwait(false) : stored;
            var priced = new LinePricer(day, _options.RequiredCalendar, _options.RatesByMeter).Price(totals, counters);
            foreach (var counter in priced.Counters)
                counters[(counter.Meter, counter.ItemId)] = counter;
            if (isVerified)
            {
                report.Compare(stored, totals);
                report.Compare(await LinesOf(day, cancellationToken).ConfigureAwait(false), priced.Lines);
                report.Days++;
            }

            progress?.Report(new VerificationProgress(day, i + 1, published.Count));
        }

        return report.Build();
    }

    private async Task<List<PricedLine>> LinesOf(DateOnly day, CancellationToken cancellationToken)
    {
        var lines = new List<PricedLine>();
        await foreach (var line in _lines.ReadAsync(new DateRange(day, day), new ItemFilter(), cancellationToken).ConfigureAwait(false))
            lines.Add(line);
        return lines;
    }
}
