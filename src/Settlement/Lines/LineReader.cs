using Settlement.Calendars;
using Settlement.Sums;
using Settlement.Rates;

namespace Settlement.Lines;

/// <summary>Reads published lines, and says why an amount is what it is. Thread-safe.</summary>
public sealed class LineReader
{
    private readonly IPricedLineStore _lines;
    private readonly IDailyTotalStore _totals;
    private readonly SettlementOptions _options;

    internal LineReader(IPricedLineStore lines, IDailyTotalStore totals, SettlementOptions options)
    {
        _lines = lines;
        _totals = totals;
        _options = options;
    }

    /// <summary>The published lines of some days.</summary>
    /// <param name="days">Both ends included; days that are not published have none.</param>
    /// <param name="filter">Which of them; null for all.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The lines, ordered by day, and by the bytes of meter, item and payee; all of them as they were at one instant.</returns>
    public IAsyncEnumerable<PricedLine> ReadAsync(DateRange days, ItemFilter? filter = null, CancellationToken cancellationToken = default) =>
        _lines.ReadAsync(days, filter ?? new ItemFilter(), cancellationToken);

    /// <summary>Why a day's lines of an item came to their amounts: tier by tier, with the rate version that priced them.</summary>
    /// <param name="day">The day.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="itemId">The item.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>One for each of the item's payees on that day, in the byte order of their ids; none when nothing is published.</returns>
    /// <exception cref="PricingException">The rate version that priced a line is no longer configured.</exception>
    public async Task<IReadOnlyList<LineExplanation>> ExplainAsync(
        DateOnly day, string meter, string itemId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(meter);
        ArgumentException.ThrowIfNullOrEmpty(itemId);
        var days = new DateRange(day, day);
        var lines = new List<PricedLine>();
        await foreach (var line in _lines.ReadAsync(days, new ItemFilter(meter, itemId), cancellationToken).ConfigureAwait(false))
            lines.Add(line);

        // Read after the lines: where these are published, the totals are.
        var late = new Dictionary<string, IReadOnlyList<LateQuantity>>(StringComparer.Ordinal);
        await foreach (var total in _totals.ReadAsync(days, new ItemFilter(meter, itemId), cancellationToken).ConfigureAwait(false))
            late[total.PayeeId] = total.Late;
        return [.. lines.Select(line => Explain(line, late.GetValueOrDefault(line.PayeeId, [])))];
    }

    private LineExplanation Explain(PricedLine line, IReadOnlyList<LateQuantity> late)
    {
        _options.Rates.TryGetValue(line.Meter, out var rates);
        var version = rates?.All()
            .FirstOrDefault(v => v.Scope == line.RateScope && v.Version == line.RateVersion)
            ?? throw new PricingException(
                $"Rate table '{line.Meter}' {line.RateScope} {line.RateVersion} priced item '{line.ItemId}' on {line.Day:O}, but is no longer configured. "
                + "Keep every version that priced a published day.");
        return new LineExplanation(line, version, rates!.Rounding, version.Table.Explain(line.CumulativeBefore, line.CumulativeAfter), late);
    }
}

/// <summary>Why a line's amount is what it is.</summary>
/// <param name="Line">The line.</param>
/// <param name="Version">The rate version that priced it.</param>
/// <param name="Rounding">How the exact amount became the paid one.</param>
/// <param name="Shares">The exact amount, tier by tier; they sum to it.</param>
/// <param name="Late">The part of the units that came after their own day was closed, by own day.</param>
public sealed record LineExplanation(
    PricedLine Line, RateVersion Version, RoundingRule Rounding, IReadOnlyList<TierShare> Shares, IReadOnlyList<LateQuantity> Late);
