using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Reads statements, which are sums of published lines. They are computed on demand: a payee's from the lines, all payees' from the sums
/// by payee that are written with the lines. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// var statement = await engine.Statements.ReadAsync("ann", CalendarPeriod.Month, new DateOnly(2024, 7, 1));
/// foreach (var total in statement.Totals)
///     Console.WriteLine($"{total} for {statement.Days}, {(statement.IsComplete ? "complete" : "so far")}");
/// </code>
/// </example>
public sealed class StatementReader
{
    private readonly ILineStore _lines;
    private readonly IDayStore _days;
    private readonly IEstimateStore _estimates;
    private readonly SettlementPlan _plan;

    internal StatementReader(ILineStore lines, IDayStore days, IEstimateStore estimates, SettlementPlan plan)
    {
        _lines = lines;
        _days = days;
        _estimates = estimates;
        _plan = plan;
    }

    /// <summary>Returns the statement of a payee.</summary>
    /// <param name="payeeId">The payee.</param>
    /// <param name="period">Day, week, month or year.</param>
    /// <param name="date">A business day within the period.</param>
    /// <param name="includeEstimate">
    /// Whether the current estimate of the days that are not published is added; <see cref="PayeeStatement.Estimate"/> then has these days.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The statement; without lines when the payee has no lines in the period.</returns>
    /// <exception cref="EstimateRefusedException">The estimate was replaced during each attempt to read it.</exception>
    public async Task<PayeeStatement> ReadAsync(
        string payeeId, CalendarPeriod period, DateOnly date, bool includeEstimate = false, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(payeeId);
        var days = _plan.Calendar.PeriodOf(date, period);
        var filter = new ItemFilter(payeeId: payeeId);
        if (includeEstimate)
        {
            return await EstimateView.ReadAsync(
                _days, _estimates,
                view =>
                {
                    var lines = _lines.ReadEstimatedAsync(days, filter, includePublished: true, cancellationToken);
                    return ReadAsync(payeeId, days, view.Recorded, view, lines, cancellationToken);
                },
                cancellationToken).ConfigureAwait(false);
        }

        // Lines of a day that is published between the two reads are left out, so that the lines match the number of published days.
        var recorded = await _days.ListAsync(null, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(payeeId, days, recorded, null, _lines.ReadAsync(days, filter, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Returns the amounts of all payees for a period.</summary>
    /// <param name="period">Day, week, month or year.</param>
    /// <param name="date">A business day within the period.</param>
    /// <param name="includeEstimate">
    /// Whether the current estimate of the days that are not published is added; <see cref="PeriodTotals.Estimate"/> then has these days.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The payees with priced lines in the period, and its published days.</returns>
    /// <exception cref="EstimateRefusedException">The estimate was replaced during each attempt to read it.</exception>
    public async Task<PeriodTotals> ReadAllAsync(
        CalendarPeriod period, DateOnly date, bool includeEstimate = false, CancellationToken cancellationToken = default)
    {
        var days = _plan.Calendar.PeriodOf(date, period);
        if (includeEstimate)
        {
            return await EstimateView.ReadAsync(
                _days, _estimates,
                async view =>
                {
                    var lines = _lines.ReadEstimatedAsync(days, new ItemFilter(), includePublished: false, cancellationToken);
                    var published = Published(view.Recorded, days);
                    var payees = new PayeeTotals();
                    await payees.AddAsync(_lines.ReadPayeeSumsAsync(days, cancellationToken), published).ConfigureAwait(false);
                    await payees.AddAsync(lines, [.. view.Days]).ConfigureAwait(false);
                    return new PeriodTotals(new PeriodCoverage(days, published.Count), payees.Ordered(), view.Of(days));
                },
                cancellationToken).ConfigureAwait(false);
        }

        var counted = Published(await _days.ListAsync(null, cancellationToken).ConfigureAwait(false), days);
        var all = new PayeeTotals();
        await all.AddAsync(_lines.ReadPayeeSumsAsync(days, cancellationToken), counted).ConfigureAwait(false);
        return new PeriodTotals(new PeriodCoverage(days, counted.Count), all.Ordered());
    }

    /// <summary>Returns the amounts of the estimated days of a period only.</summary>
    internal Task<PeriodEstimate> ReadEstimateAsync(
        string? payeeId, CalendarPeriod period, DateOnly date, CancellationToken cancellationToken)
    {
        if (payeeId is not null)
            ArgumentException.ThrowIfNullOrEmpty(payeeId);
        var days = _plan.Calendar.PeriodOf(date, period);
        return EstimateView.ReadAsync(
            _days, _estimates,
            async view =>
            {
                var lines = _lines.ReadEstimatedAsync(days, new ItemFilter(payeeId: payeeId), includePublished: false, cancellationToken);
                var payees = new PayeeTotals();
                await payees.AddAsync(lines, [.. view.Days]).ConfigureAwait(false);
                var quarantined = view.Of(days) is null ? []
                    : await QuarantinedAsync(days, view.Recorded, view, cancellationToken).ConfigureAwait(false);
                return new PeriodEstimate(
                    days, view.Of(days), payees.Ordered(), [.. quarantined.Where(q => payeeId is null || q.PayeeId == payeeId)]);
            },
            cancellationToken);
    }

    private async Task<PayeeStatement> ReadAsync(
        string payeeId, DateRange days, IReadOnlyList<BusinessDay> recorded, EstimateView? view, IAsyncEnumerable<SettlementLine> read,
        CancellationToken cancellationToken)
    {
        var published = Published(recorded, days);
        HashSet<DateOnly> counted = view is null ? published : [.. published, .. view.Days];
        var sums = new Dictionary<(string Meter, string ItemId, Currency Currency), (long Quantity, decimal Amount)>();
        await foreach (var line in read.ConfigureAwait(false))
        {
            if (line.Price is not { } price || !counted.Contains(line.PostingDate))
                continue;
            var key = (line.Meter, line.ItemId, price.Currency);
            var (quantity, amount) = sums.GetValueOrDefault(key);
            sums[key] = (quantity + line.Quantity, amount + price.Amount);
        }

        var lines = sums
            .Select(s => new StatementLine(s.Key.Meter, s.Key.ItemId, s.Value.Quantity, new Money(s.Value.Amount, s.Key.Currency)))
            .OrderBy(l => l.Meter, Utf8Order.Instance).ThenBy(l => l.ItemId, Utf8Order.Instance)
            .ThenBy(l => l.Amount.Currency.Code, StringComparer.Ordinal)
            .ToList();
        var meters = PayeeTotals.Meters(lines.Select(l => new MeterAmount(l.Meter, l.Quantity, l.Amount)));
        var quarantined = await QuarantinedAsync(days, recorded, view, cancellationToken).ConfigureAwait(false);
        return new PayeeStatement(
            payeeId, new PeriodCoverage(days, published.Count), lines, meters, PayeeTotals.Totals(meters),
            [.. quarantined.Where(q => q.PayeeId == payeeId)], view?.Of(days));
    }

    /// <summary>
    /// Returns what the last estimated day quarantined; what the last close did when no day of the period is estimated.
    /// </summary>
    private async Task<IReadOnlyList<QuarantinedUsage>> QuarantinedAsync(
        DateRange days, IReadOnlyList<BusinessDay> recorded, EstimateView? view, CancellationToken cancellationToken) =>
        view?.Of(days) is not null
            ? await _lines.ListEstimatedQuarantinedAsync(view.Stored!.Days[^1].RunId, cancellationToken).ConfigureAwait(false)
            : recorded.LastOrDefault(d => d.State == DayState.Published) is { } last
                ? await _lines.ListQuarantinedAsync(last.Day, cancellationToken).ConfigureAwait(false)
                : [];

    private static HashSet<DateOnly> Published(IReadOnlyList<BusinessDay> recorded, DateRange days) =>
        [.. recorded.Where(d => d.State == DayState.Published && days.Contains(d.Day)).Select(d => d.Day)];
}
