using Settlements.Stores;

namespace Settlements;

/// <summary>The days of a restatement, and the superseding versions that price their late usage from its posting date on.</summary>
/// <param name="PostingDate">The posting date of the restatement.</param>
/// <param name="Days">The restated days, both ends included.</param>
/// <param name="Versions">The meter, scope and name of each superseding version that was applied.</param>
internal sealed record RestatedDays(
    DateOnly PostingDate, DateRange Days, IReadOnlySet<(string Meter, string Scope, string Version)> Versions);

/// <summary>The rate versions that are in force for one posting date. Immutable and thread-safe.</summary>
internal sealed class RatesInForce
{
    private readonly IReadOnlyDictionary<string, MeterRates> _meters;
    private readonly Dictionary<(string, string, string), DateOnly> _inForceFrom;
    private readonly List<RestatedDays> _restated;
    private readonly DateOnly _postingDate;
    private readonly Dictionary<string, Func<RateVersion, DateOnly, bool>> _isInForce = new(StringComparer.Ordinal);

    public RatesInForce(
        IReadOnlyDictionary<string, MeterRates> meters, IEnumerable<RecordedRate> recorded, IEnumerable<RestatedDays> restated,
        DateOnly postingDate)
    {
        _meters = meters;
        _postingDate = postingDate;
        _inForceFrom = recorded.Where(r => r.IsSuperseding).ToDictionary(r => (r.Meter, r.Scope, r.Version), r => r.InForceFrom);
        _restated = [.. restated.Where(r => r.PostingDate <= postingDate)];
        foreach (var meter in meters.Values.Where(m => m.All().Any(v => v.Supersedes is not null)))
            _isInForce.Add(meter.Meter, (version, usageDate) => IsInForce(meter.Meter, version, usageDate));
    }

    public IEnumerable<MeterRates> Meters => _meters.Values;

    /// <summary>Returns the rates of a meter; null when it has no rates.</summary>
    public MeterRates? Of(string meter) => _meters.GetValueOrDefault(meter);

    /// <summary>Returns the version that prices usage; null when no version starts on or before the usage date.</summary>
    public RateVersion? Find(MeterRates rates, DateOnly usageDate, string itemId, string payeeId) =>
        rates.Find(usageDate, itemId, payeeId, _isInForce.GetValueOrDefault(rates.Meter));

    private bool IsInForce(string meter, RateVersion version, DateOnly usageDate)
    {
        var key = (meter, version.Scope, version.Version);
        var from = _inForceFrom.TryGetValue(key, out var recorded) ? recorded : _postingDate;
        return usageDate >= from || _restated.Any(r => r.Days.Contains(usageDate) && r.Versions.Contains(key));
    }
}
