using Settlements.Stores;

namespace Settlements;

/// <summary>Reads published lines, and explains their amounts. Thread-safe.</summary>
/// <example>
/// <code>
/// var july = new DateRange(new DateOnly(2024, 7, 1), new DateOnly(2024, 7, 31));
/// await foreach (var line in engine.Lines.ReadAsync(july, new ItemFilter { PayeeId = "ann" }))
///     Console.WriteLine(line);
/// var explained = await engine.Lines.ExplainAsync(new DateOnly(2024, 7, 1), "video.view", "video-1");
/// </code>
/// </example>
public sealed class LineReader
{
    /// <summary>The most notes that an explanation lists: 100.</summary>
    public const int NotesMax = 100;

    private readonly ILineStore _lines;
    private readonly IDayStore _days;
    private readonly IEventStore _events;
    private readonly SettlementPlan _plan;

    internal LineReader(ILineStore lines, IDayStore days, IEventStore events, SettlementPlan plan)
    {
        _lines = lines;
        _days = days;
        _events = events;
        _plan = plan;
    }

    /// <summary>The published lines of some posting dates.</summary>
    /// <param name="days">Both ends included; days that are not published have none.</param>
    /// <param name="filter">Which of them; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The lines, ordered by posting date, then by the bytes of meter, item, payee, usage date, kind and restated line; all of them as they were at
    /// one instant.
    /// </returns>
    public IAsyncEnumerable<SettlementLine> ReadAsync(DateRange days, ItemFilter? filter = null, CancellationToken cancellationToken = default) =>
        _lines.ReadAsync(days, filter ?? new ItemFilter(), cancellationToken);

    /// <summary>Why the lines of an item on a posting date came to their amounts: tier by tier, with the rate version that priced them.</summary>
    /// <param name="day">The posting date.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="itemId">The item.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>One for each priced line of the item, in the order of the lines; none when nothing is published.</returns>
    /// <exception cref="PricingException">The rate version that priced a line is not configured.</exception>
    public async Task<IReadOnlyList<LineExplanation>> ExplainAsync(
        DateOnly day, string meter, string itemId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(meter);
        ArgumentException.ThrowIfNullOrEmpty(itemId);
        var lines = new List<SettlementLine>();
        var read = _lines.ReadAsync(new DateRange(day, day), new ItemFilter(meter, itemId), cancellationToken);
        await foreach (var line in read.ConfigureAwait(false))
        {
            if (line.Price is not null)
                lines.Add(line);
        }

        if (lines.Count == 0)
            return [];
        var calendar = new RecordedCalendar(_plan.Calendar, await _days.ListAsync(null, cancellationToken).ConfigureAwait(false));
        var explanations = new List<LineExplanation>(lines.Count);
        foreach (var line in lines)
        {
            // The events of the usage date that this posting date counts: null is their own.
            var notes = await _events.ListNotesAsync(
                meter, itemId, line.PayeeId, calendar.RangeOf(line.UsageDate), NotesMax, cancellationToken).ConfigureAwait(false);
            explanations.Add(Explain(line, line.Price!, lines) with
            {
                Notes = line.Kind != LineKind.Usage ? [] : [.. notes.Where(n => (n.PostingDate ?? line.UsageDate) == line.PostingDate)],
            });
        }

        return explanations;
    }

    private LineExplanation Explain(SettlementLine line, LinePrice price, List<SettlementLine> lines)
    {
        var rates = _plan.Rates.GetValueOrDefault(line.Meter);
        var version = rates?.FindByName(price.RateScope, price.RateVersion) ?? throw new PricingException(FormattableString.Invariant(
            $"Rate table '{line.Meter}' {price.RateScope} {price.RateVersion} priced item '{line.ItemId}' on {line.PostingDate:O}, but is not configured. ")
            + "Keep every version that priced a published day.");
        var shares = version.Table.Model is Volume volume
            ? VolumeShares(line, price, version, volume, lines)
            : version.Table.Explain(price.CounterBefore, price.CounterAfter);
        return new LineExplanation(line, version, rates!.Rounding, shares, price.ExactAmount - shares.Sum(s => s.Amount));
    }

    /// <summary>A volume table prices all lines of a posting date at the tier that the counter finally reaches.</summary>
    private IReadOnlyList<TierShare> VolumeShares(SettlementLine line, LinePrice price, RateVersion version, Volume volume, List<SettlementLine> lines)
    {
        if (line.Quantity == 0)
            return [];
        var period = CounterCache.DaysOf(version.Table.CounterPeriod, line.UsageDate, _plan.Calendar);
        var counted = lines.Where(l => l.Quantity != 0 && period.Contains(l.UsageDate))
            .OrderBy(l => (l.UsageDate, l.PayeeId, l.Kind, l.Restates), Comparer<(DateOnly, string, LineKind, RestatedLine?)>.Create(LineOrder.ComparePricing))
            .ToList();

        // Lines of other versions move the counter too, and show another where theirs runs over another period.
        var last = counted.FindLastIndex(l => l.Price!.RateScope == price.RateScope && l.Price.RateVersion == price.RateVersion);
        return volume.ExplainAt(counted[last].Price!.CounterAfter + counted.Skip(last + 1).Sum(l => l.Quantity), line.Quantity);
    }
}

/// <summary>Why a line's amount is what it is. Immutable.</summary>
/// <param name="Line">The line; it has a price.</param>
/// <param name="Version">The rate version that priced it.</param>
/// <param name="Rounding">How the exact amount became the paid one.</param>
/// <param name="Shares">The price of the line's own units, tier by tier.</param>
/// <param name="EarlierUnits">
/// What the exact amount has beside the shares: the change of price of units that were counted before, by a volume table or a restatement; else 0.
/// </param>
public sealed record LineExplanation(
    SettlementLine Line, RateVersion Version, Rounding Rounding, IReadOnlyList<TierShare> Shares, decimal EarlierUnits)
{
    /// <summary>Reasons and references of the line's events, oldest first; at most <see cref="LineReader.NotesMax"/>, and none of events without.</summary>
    public IReadOnlyList<EventNote> Notes { get; init; } = [];
}
