using Settlements.Stores;

namespace Settlements;

/// <summary>Reads published lines, and explains their amounts. Thread-safe.</summary>
/// <example>
/// <code>
/// var july = new DateRange(new DateOnly(2024, 7, 1), new DateOnly(2024, 7, 31));
/// await foreach (var line in engine.Lines.ReadAsync(july, new ItemFilter(payeeId: "ann")))
///     Console.WriteLine(line);
/// var explained = await engine.Lines.ExplainAsync(new DateOnly(2024, 7, 1), "video.view", "video-1");
/// </code>
/// </example>
public sealed class LineReader
{
    /// <summary>The maximum number of <see cref="LineExplanation.Notes"/> of an explanation: 100.</summary>
    internal const int NotesMax = 100;

    private readonly ILineStore _lines;
    private readonly IDayStore _days;
    private readonly IEventStore _events;
    private readonly RateReader _rates;
    private readonly SettlementPlan _plan;

    internal LineReader(ILineStore lines, IDayStore days, IEventStore events, RateReader rates, SettlementPlan plan)
    {
        _lines = lines;
        _days = days;
        _events = events;
        _rates = rates;
        _plan = plan;
    }

    /// <summary>Returns the published lines of posting dates.</summary>
    /// <param name="days">The posting dates, both ends included; days that are not published have no lines.</param>
    /// <param name="filter">The meter, item and payee of the lines; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The lines, ordered by posting date, then meter, item, payee, usage date, kind and restated line, by bytes; all from one consistent
    /// snapshot.
    /// </returns>
    public IAsyncEnumerable<SettlementLine> ReadAsync(
        DateRange days, ItemFilter? filter = null, CancellationToken cancellationToken = default) =>
        _lines.ReadAsync(days, filter ?? new ItemFilter(), cancellationToken);

    /// <summary>
    /// Explains the amounts of the lines of an item on a posting date: tier by tier, with the rate version that priced them.
    /// </summary>
    /// <param name="day">The posting date.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="itemId">The item.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The explanations, one for each priced line of the item, in the order of the lines; empty when the day is not published.
    /// </returns>
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
        var rates = await _rates.ReadAsync(cancellationToken).ConfigureAwait(false);
        var explanations = new List<LineExplanation>(lines.Count);
        foreach (var line in lines)
        {
            // Only events that this posting date counts; a null posting date stands for the usage date.
            var notes = await _events.ListNotesAsync(
                meter, itemId, line.PayeeId, calendar.RangeOf(line.UsageDate), NotesMax, cancellationToken).ConfigureAwait(false);
            explanations.Add(new LineExplanation(Explain(rates, line, line.Price!, lines))
            {
                Notes = line.Kind != LineKind.Usage ? [] : [.. notes.Where(n => (n.PostingDate ?? line.UsageDate) == line.PostingDate)],
            });
        }

        return explanations;
    }

    private LineExplanation Explain(
        MergedRates merged, SettlementLine line, LinePrice price, List<SettlementLine> lines)
    {
        var rates = merged.Meters.GetValueOrDefault(line.Meter);
        var version = rates?.FindByName(price.RateScope, price.RateVersion) ?? throw new PricingException(FormattableString.Invariant(
            $"Rate table '{line.Meter}' {price.RateScope} {price.RateVersion} priced item '{line.ItemId}' on {line.PostingDate:O}, ")
            + "but is not configured. Restore it: every version that priced a published day has to remain configured.");
        var shares = version.Table.Model is Volume volume
            ? VolumeShares(line, price, version, volume, lines)
            : version.Table.Explain(price.CounterBefore, price.CounterAfter);
        var origin = merged.OriginOf(line.Meter, price.RateScope, price.RateVersion);
        return new LineExplanation(line, version, rates!.Rounding, shares, price.ExactAmount - shares.Sum(s => s.Amount))
        {
            Origin = origin.Origin,
            Proposal = origin.Proposal,
        };
    }

    /// <summary>
    /// Explains a line of a volume table, which prices all lines of a posting date at the tier that the counter reaches at its end.
    /// </summary>
    private IReadOnlyList<TierShare> VolumeShares(
        SettlementLine line, LinePrice price, RateVersion version, Volume volume, List<SettlementLine> lines)
    {
        if (line.Quantity == 0)
            return [];
        var period = CounterCache.DaysOf(version.Table.CounterPeriod, line.UsageDate, _plan.Calendar);
        var counted = lines.Where(l => l.Quantity != 0 && period.Contains(l.UsageDate))
            .OrderBy(
                l => (l.UsageDate, l.PayeeId, l.Kind, l.Restates),
                Comparer<(DateOnly, string, LineKind, RestatedLine?)>.Create(LineOrder.ComparePricing))
            .ToList();

        // Lines of other versions advance the counter too, but may record the counter of another period, so their quantities are added.
        var last = counted.FindLastIndex(l => l.Price!.RateScope == price.RateScope && l.Price.RateVersion == price.RateVersion);
        return volume.ExplainAt(counted[last].Price!.CounterAfter + counted.Skip(last + 1).Sum(l => l.Quantity), line.Quantity);
    }
}

/// <summary>The explanation of a line's amount. Immutable.</summary>
public sealed class LineExplanation
{
    internal LineExplanation(
        SettlementLine line, RateVersion version, Rounding rounding, IReadOnlyList<TierShare> shares,
        decimal earlierUnits)
    {
        Line = line;
        Version = version;
        Rounding = rounding;
        Shares = shares;
        EarlierUnits = earlierUnits;
    }

    internal LineExplanation(LineExplanation other)
        : this(other.Line, other.Version, other.Rounding, other.Shares,
            other.EarlierUnits) => (Notes, Origin, Proposal) = (other.Notes, other.Origin, other.Proposal);

    /// <summary>The line, which has a price.</summary>
    public SettlementLine Line { get; internal init; }

    /// <summary>The rate version that priced it.</summary>
    public RateVersion Version { get; internal init; }

    /// <summary>The rule by which the exact amount was rounded.</summary>
    public Rounding Rounding { get; internal init; }

    /// <summary>The price of the units of the line, tier by tier.</summary>
    public IReadOnlyList<TierShare> Shares { get; internal init; }

    /// <summary>
    /// The remainder of the exact amount: the changed price of earlier units, by a volume table or a restatement; 0 for other lines.
    /// </summary>
    public decimal EarlierUnits { get; internal init; }

    /// <summary>
    /// The reasons and references of the events of the line, oldest first. At most 100; events without a
    /// reason and a reference are left out.
    /// </summary>
    public IReadOnlyList<EventNote> Notes { get; internal init; } = [];

    /// <summary>Where the version is kept. <see cref="RateVersion.Scope"/> is the override.</summary>
    public RateOrigin Origin { get; internal init; }

    /// <summary>
    /// Who proposed the version and who approved it, when and why; null unless <see cref="Origin"/> is <see cref="RateOrigin.Store"/>.
    /// </summary>
    public Proposal? Proposal { get; internal init; }
}
