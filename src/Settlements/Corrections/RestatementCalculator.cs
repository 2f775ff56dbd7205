using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Recomputes the prices of published lines with other rates, from the counter values that each line records. Lines must be added
/// in their published order. Not thread-safe.
/// </summary>
internal sealed class RestatementCalculator(RatesInForce rates, BusinessCalendar calendar, DateRange days)
{
    private readonly Dictionary<LineKey, Group> _groups = [];
    private readonly List<(MeterRates Meter, string ItemId, List<PostedLine> Lines)> _volume = [];

    /// <summary>Adds the priced lines of one item on one posting date, in the order of pricing.</summary>
    public void Add(IReadOnlyList<SettlementLine> lines)
    {
        var volume = new List<PostedLine>();
        foreach (var line in lines)
        {
            if (line.Price is not { } price || !days.Contains(line.UsageDate) || rates.Of(line.Meter) is not { } meter
                || rates.Find(meter, line.UsageDate, line.ItemId, line.PayeeId) is not { } version)
            {
                continue;
            }

            var key = new LineKey(line.Meter, line.ItemId, line.PayeeId, line.UsageDate,
                line.Restates ?? new RestatedLine(line.PostingDate, line.Kind));
            if (!_groups.TryGetValue(key, out var group))
                _groups.Add(key, group = new Group());
            group.Add(line, price, version, meter.IsVolume(price.RateScope, price.RateVersion));
            if (meter.HasVolume)
            {
                var period = CounterCache.DaysOf(version.Table.CounterPeriod, line.UsageDate, calendar);
                volume.Add(new PostedLine(line, group, period.First, Reached(lines, line, period)));
            }

            if (version.Table.Mode != RateMode.Volume)
                group.Reprice(version.Table.PriceBetween(price.CounterBefore, price.CounterAfter), version.Currency);
        }

        if (volume.Count > 0)
            _volume.Add((rates.Of(lines[0].Meter)!, lines[0].ItemId, volume));
    }

    /// <summary>Adds a restatement that is approved and not posted yet. Call it after all lines are added.</summary>
    public void AddApproved(RestatementEntry entry)
    {
        if (entry.Price is { } price
            && _groups.TryGetValue(new LineKey(entry.Meter, entry.ItemId, entry.PayeeId, entry.UsageDate, entry.Restates), out var group))
        {
            group.Add(price);
        }
    }

    /// <summary>Returns the differences, ordered by meter, item, payee, usage date and restated line.</summary>
    public IEnumerable<RestatementEntry> Entries()
    {
        Replay(static group => (group.OldScope, group.OldVersion), static (group, exact) => group.AddOld(exact));
        Replay(static group => group.Version, static (group, exact) => group.AddNew(exact));
        return _groups
            .Where(g => g.Value.NewExact != g.Value.OldExact || g.Value.Version != (g.Value.OldScope, g.Value.OldVersion))
            .OrderBy(g => g.Key.Meter, Utf8Order.Instance).ThenBy(g => g.Key.ItemId, Utf8Order.Instance)
                .ThenBy(g => g.Key.PayeeId, Utf8Order.Instance)
            .ThenBy(g => g.Key.UsageDate).ThenBy(g => g.Key.Restates.ToString(), StringComparer.Ordinal)
            .Select(g => new RestatementEntry(
                g.Key.Restates, g.Key.Meter, g.Key.ItemId, g.Key.PayeeId, g.Key.UsageDate, 0, 0, g.Value.ToPrice()));
    }

    /// <summary>
    /// Returns the final value, on the posting date, of the counter for the period of a line. Lines of other versions and usage dates also
    /// advance this counter.
    /// </summary>
    private static long Reached(IReadOnlyList<SettlementLine> lines, SettlementLine line, DateRange period)
    {
        var (reached, isAfter) = (line.Price!.CounterAfter, false);
        foreach (var one in lines)
        {
            if (isAfter && one.Price is not null && period.Contains(one.UsageDate))
                reached += one.Quantity;
            isAfter |= ReferenceEquals(one, line);
        }

        // A repricing line already records the counter's final value.
        return line.Kind == LineKind.Repricing ? line.Price.CounterAfter : reached;
    }

    /// <summary>Recomputes the amounts of lines under volume tables with either their old or their new versions.</summary>
    private void Replay(Func<Group, (string Scope, string Name)> versionOf, Action<Group, decimal> add)
    {
        var replays = new Dictionary<(string Meter, string ItemId, (string, string) Version, DateOnly Start), VolumeReplay>();
        foreach (var (meter, item, lines) in _volume)
        {
            foreach (var some in lines.GroupBy(l => (Version: versionOf(l.Group), l.Start)))
            {
                if (meter.FindByName(some.Key.Version.Scope, some.Key.Version.Name) is not { } version)
                    continue;
                if (version.Table.Mode != RateMode.Volume)
                {
                    foreach (var (line, group, _, _) in some.Where(l => l.Group.WasVolume))
                        add(group, version.Table.PriceBetween(line.Price!.CounterBefore, line.Price.CounterAfter));
                    continue;
                }

                var key = (meter.Meter, item, some.Key.Version, some.Key.Start);
                if (!replays.TryGetValue(key, out var replay))
                    replays.Add(key, replay = new VolumeReplay(version, add));
                replay.Add([.. some.Select(l => (l.Line, l.Group))],
                    (some.LastOrDefault(l => l.Line.Quantity != 0) ?? some.Last()).Reached);
            }
        }
    }

    private readonly record struct LineKey(string Meter, string ItemId, string PayeeId, DateOnly UsageDate, RestatedLine Restates);

    private sealed record PostedLine(SettlementLine Line, Group Group, DateOnly Start, long Reached);

    /// <summary>A published line and its earlier restatements. Their total is compared with the recomputed line.</summary>
    internal sealed class Group
    {
        private long _units;
        private decimal _exact;
        private decimal _amount;
        private decimal _newAmount;
        private decimal? _oldVolume;
        private decimal? _newVolume;
        private decimal _newExact;
        private Currency? _currency;

        /// <summary>
        /// The exact amount before the restatement. Under a volume table, it excludes the repricing of units that are not restated.
        /// </summary>
        public decimal OldExact => _oldVolume ?? _exact;

        public decimal NewExact => _newVolume ?? _newExact;

        /// <summary>
        /// Whether a volume table priced the line or a restatement of it. If so, its amount may include units that are not restated.
        /// </summary>
        public bool WasVolume { get; private set; }

        public string OldScope { get; private set; } = "";

        public string OldVersion { get; private set; } = "";

        public (string Scope, string Name) Version { get; private set; }

        public void Add(SettlementLine line, LinePrice price, RateVersion version, bool wasVolume)
        {
            WasVolume |= wasVolume;
            _units += line.Quantity;
            _exact += price.ExactAmount;
            _amount += price.Amount;
            _currency = version.Currency;
            (OldScope, OldVersion) = (price.RateScope, price.RateVersion);
            Version = (version.Scope, version.Version);
        }

        public void Add(RestatedPrice approved)
        {
            _exact += approved.NewExact - approved.OldExact;
            _amount += approved.NewAmount - approved.OldAmount;
            (OldScope, OldVersion) = (approved.NewScope, approved.NewVersion);
        }

        /// <summary>
        /// Adds the new exact amount of a part of the line. Each part is rounded separately, as it was when it was posted.
        /// </summary>
        public void Reprice(decimal exact, Currency currency)
        {
            _newExact += exact;
            _newAmount += currency.Truncate(exact);
        }

        public void AddOld(decimal exact) => _oldVolume = (_oldVolume ?? 0) + exact;

        public void AddNew(decimal exact) => _newVolume = (_newVolume ?? 0) + exact;

        public RestatedPrice ToPrice() => new(
            OldScope, OldVersion, Version.Scope, Version.Name, _units, OldExact, NewExact, _amount,
            _oldVolume is null && _newVolume is null ? _newAmount : _currency!.Truncate(_exact + NewExact - OldExact));
    }
}
