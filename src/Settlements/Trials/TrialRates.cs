using Settlements.Stores;

namespace Settlements;

/// <summary>The rates of a trial: those of the candidate for the meters that it names, and those in force for all others.</summary>
internal sealed class TrialRates
{
    private readonly Settings _settings;
    private readonly Dictionary<string, MeterRates> _meters;
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private readonly HashSet<(string Meter, string Scope, string Text, int Digits)> _published = [];
    private readonly Dictionary<(string Meter, string Scope, string Version), RateVersion> _same = [];
    private readonly List<RecordedRate> _recorded;
    private readonly Dictionary<DateOnly, RatesInForce> _inForce = [];

    public TrialRates(Settings settings, IReadOnlyList<MeterRates> candidate, DateRange days)
    {
        _settings = settings;
        _meters = settings.MeterRates.ToDictionary(StringComparer.Ordinal);
        foreach (var rates in candidate)
        {
            if (IsChanged(settings.MeterRates.GetValueOrDefault(rates.Meter), rates))
                _changed.Add(rates.Meter);
            _meters[rates.Meter] = rates;
        }

        foreach (var rates in _meters.Values)
        {
            var published = settings.MeterRates.GetValueOrDefault(rates.Meter)?.All().Select(Identity).ToHashSet() ?? [];
            foreach (var version in rates.All().Where(v => published.Contains(Identity(v))))
                _same[(rates.Meter, version.Scope, version.Version)] = version;
        }

        foreach (var rates in settings.MeterRates.Values)
            _published.UnionWith(rates.All().Select(version => WithoutEnd(rates.Meter, version)));
        _recorded = Recorded(candidate, days.First);
    }

    /// <summary>The rates of all meters in the trial.</summary>
    public IEnumerable<MeterRates> All => _meters.Values;

    /// <summary>Returns the rates of a meter in the trial; null when it has none.</summary>
    public MeterRates? Of(string meter) => _meters.GetValueOrDefault(meter);

    /// <summary>Returns whether the candidate has other versions, or another rounding, than those in force.</summary>
    public bool IsChanged(string meter) => _changed.Contains(meter);

    /// <summary>
    /// Returns the version of the trial that is the same as the published one of that name: scope, name, first day, table and currency are
    /// equal. Null when there is none.
    /// </summary>
    public RateVersion? FindSame(string meter, string scope, string version) => _same.GetValueOrDefault((meter, scope, version));

    /// <summary>
    /// Returns whether a version of the candidate is not in force: no version has its scope, name, first day, table and currency. The last
    /// day does not matter, because other versions price the usage after it.
    /// </summary>
    public bool IsNew(string meter, RateVersion version) => !_published.Contains(WithoutEnd(meter, version));

    /// <summary>Returns the rates of the trial that are in force for a posting date.</summary>
    public RatesInForce InForce(DateOnly postingDate)
    {
        if (!_inForce.TryGetValue(postingDate, out var found))
        {
            var restated = _settings.Restatements.Select(r => new RestatedDays(r.PostingDate, r.Days, r.Versions.ToHashSet()));
            _inForce.Add(postingDate, found = new RatesInForce(_meters, _recorded, restated, postingDate));
        }

        return found;
    }

    /// <summary>
    /// Superseding versions of changed meters are in force from the first day of the trial on, which prices its usage right at once,
    /// without a restatement.
    /// </summary>
    private List<RecordedRate> Recorded(IReadOnlyList<MeterRates> candidate, DateOnly firstDay)
    {
        var recorded = _settings.Rates.Where(r => !_changed.Contains(r.Meter)).ToList();
        foreach (var rates in candidate.Where(r => _changed.Contains(r.Meter)))
        {
            foreach (var version in rates.All().Where(v => v.Supersedes is not null))
            {
                var known = FindSame(rates.Meter, version.Scope, version.Version) is null ? null : _settings.Rates.FirstOrDefault(
                    r => r.Meter == rates.Meter && r.Scope == version.Scope && r.Version == version.Version);
                var from = known is null || known.InForceFrom > firstDay ? firstDay : known.InForceFrom;
                recorded.Add(RecordedRate.From(rates, version, from));
            }
        }

        return recorded;
    }

    private static bool IsChanged(MeterRates? inForce, MeterRates candidate) =>
        inForce is null || !Definitions(inForce).SequenceEqual(Definitions(candidate));

    private static IEnumerable<(string, string, DateOnly, string)> Definitions(MeterRates rates) =>
        rates.All().Select(v => RecordedRate.From(rates, v, default)).Select(r => (r.Scope, r.Version, r.FirstDay, r.Definition))
            .Order();

    private static (string Meter, string Scope, string Text, int Digits) WithoutEnd(string meter, RateVersion version) => (
        meter, version.Scope, FormattableString.Invariant($"{version.Version} {version.FirstDay:O} {version.Supersedes} ")
            + FormattableString.Invariant($"{version.Currency} {version.Table}"), version.Currency.MinorUnitDigits);

    private static (string Scope, string Text, int Digits) Identity(RateVersion version) =>
        (version.Scope, version.ToString(), version.Currency.MinorUnitDigits);
}
