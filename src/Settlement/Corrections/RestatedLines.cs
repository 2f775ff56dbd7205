using Settlement.Calendars;
using Settlement.Counters;
using Settlement.Lines;
using Settlement.Rates;

namespace Settlement.Corrections;

/// <summary>
/// Computes what published lines would have been priced by other rates, each on the counters that it recorded. Lines are added in their order; not
/// thread-safe.
/// </summary>
internal sealed class RestatedLines(RatesInForce rates, BusinessCalendar calendar, DateRange days)
{
    private readonly Dictionary<LineKey, Group> _groups = [];
    private readonly Dictionary<(string Meter, string ItemId, string Scope, string Version, DateOnly Start), VolumeReplay> _volume = [];

    /// <summary>Adds the priced lines of one item on one posting date, in the order of pricing.</summary>
    public void Add(IReadOnlyList<SettlementLine> lines)
    {
        foreach (var line in lines)
        {
            if (line.Price is not { } price || !days.Contains(line.UsageDate) || rates.Of(line.Meter) is not { } meter
                || rates.Find(meter, line.UsageDate, line.ItemId, line.PayeeId) is not { } version)
            {
                continue;
            }

            var key = new LineKey(line.Meter, line.ItemId, line.PayeeId, line.UsageDate, line.Restates ?? new RestatedLine(line.PostingDate, line.Kind));
            if (!_groups.TryGetValue(key, out var group))
                _groups.Add(key, group = new Group());
            group.Add(line, price, version);
            if (version.Table.Mode != RateMode.Volume)
                group.Reprice(version.Table.PriceBetween(price.CounterBefore, price.CounterAfter), version.Currency);
        }

        foreach (var some in lines.Where(IsVolume).GroupBy(l => VolumeKeyOf(l)))
            Replay(some.Key, [.. some]);
    }

    /// <summary>The lines that differ, by the order of lines.</summary>
    public IEnumerable<RestatementEntry> Entries() => _groups
        .Where(g => g.Value.NewExact != g.Value.OldExact || g.Value.Version != (g.Value.OldScope, g.Value.OldVersion))
        .OrderBy(g => g.Key.Meter, Utf8Order.Instance).ThenBy(g => g.Key.ItemId, Utf8Order.Instance).ThenBy(g => g.Key.PayeeId, Utf8Order.Instance)
        .ThenBy(g => g.Key.UsageDate).ThenBy(g => g.Key.Restates.ToString(), StringComparer.Ordinal)
        .Select(g => new RestatementEntry(
            g.Key.Restates, g.Key.Meter, g.Key.ItemId, g.Key.PayeeId, g.Key.UsageDate, 0, 0,
            new RestatedPrice(
                g.Value.OldScope, g.Value.OldVersion, g.Value.Version.Scope, g.Value.Version.Name, g.Value.Units, g.Value.OldExact, g.Value.NewExact,
                g.Value.OldAmount, g.Value.NewAmount)));

    private bool IsVolume(SettlementLine line) =>
        line.Price is not null && days.Contains(line.UsageDate) && rates.Of(line.Meter) is { } meter
        && rates.Find(meter, line.UsageDate, line.ItemId, line.PayeeId)?.Table.Mode == RateMode.Volume;

    private (string Meter, string ItemId, RateVersion Version, DateOnly Start) VolumeKeyOf(SettlementLine line)
    {
        var version = rates.Find(rates.Of(line.Meter)!, line.UsageDate, line.ItemId, line.PayeeId)!;
        return (line.Meter, line.ItemId, version, CounterBook.StartOf(version.Table.CountedOver, line.UsageDate, calendar));
    }

    private void Replay((string Meter, string ItemId, RateVersion Version, DateOnly Start) of, List<SettlementLine> lines)
    {
        var key = (of.Meter, of.ItemId, of.Version.Scope, of.Version.Version, of.Start);
        if (!_volume.TryGetValue(key, out var replay))
            _volume.Add(key, replay = new VolumeReplay(of.Version));
        replay.Add([.. lines.Select(l => (l, _groups[
            new LineKey(l.Meter, l.ItemId, l.PayeeId, l.UsageDate, l.Restates ?? new RestatedLine(l.PostingDate, l.Kind))]))]);
    }

    private readonly record struct LineKey(string Meter, string ItemId, string PayeeId, DateOnly UsageDate, RestatedLine Restates);

    /// <summary>A line and its restatements so far: together they are compared with what the line should have been.</summary>
    internal sealed class Group
    {
        public long Units { get; private set; }

        public decimal OldExact { get; private set; }

        public decimal OldAmount { get; private set; }

        public decimal NewExact { get; private set; }

        public decimal NewAmount { get; private set; }

        public string OldScope { get; private set; } = "";

        public string OldVersion { get; private set; } = "";

        public (string Scope, string Name) Version { get; private set; }

        public void Add(SettlementLine line, LinePrice price, RateVersion version)
        {
            Units += line.Quantity;
            OldExact += price.ExactAmount;
            OldAmount += price.Amount;
            (OldScope, OldVersion) = (price.RateScope, price.RateVersion);
            Version = (version.Scope, version.Version);
        }

        /// <summary>Adds what a part of the line comes to now; each part is rounded by itself, as it was when it was posted.</summary>
        public void Reprice(decimal exact, Currency currency)
        {
            NewExact += exact;
            NewAmount += currency.Truncate(exact);
        }

        /// <summary>The same for a line of a volume table, whose amount is known when all lines of its posting date are.</summary>
        public void RepriceWhole(decimal exact, Currency currency)
        {
            NewExact += exact;
            NewAmount = currency.Truncate(NewExact);
        }
    }
}
