using Settlements.Stores;

namespace Settlements;

/// <summary>Sums the published amounts and those of a candidate by currency and payee. Not thread-safe.</summary>
internal sealed class TrialTally
{
    private readonly Dictionary<(string Code, int Digits), (Currency Currency, Dictionary<string, Sums> Payees)> _currencies = [];
    private readonly Dictionary<(string Meter, string Scope, string Version), long> _lines = [];
    private readonly List<string> _notPriced = [];
    private long _notPricedCount;

    public IReadOnlyList<string> NotPriced => _notPriced;

    public long NotPricedCount => _notPricedCount;

    public void AddBefore(string payeeId, Currency currency, decimal amount) => Of(payeeId, currency).Before += amount;

    public void AddAfter(string payeeId, Currency currency, decimal amount) => Of(payeeId, currency).After += amount;

    /// <summary>Counts a line that a version of the trial priced.</summary>
    public void AddLine(string meter, LinePrice price)
    {
        var key = (meter, price.RateScope, price.RateVersion);
        _lines[key] = _lines.GetValueOrDefault(key) + 1;
    }

    /// <summary>Returns the number of lines that a version of the trial priced.</summary>
    public long LinesOf(string meter, RateVersion version) => _lines.GetValueOrDefault((meter, version.Scope, version.Version));

    /// <summary>Adds usage that the candidate can't price.</summary>
    public void AddNotPriced(QuarantinedUsage usage)
    {
        if (_notPricedCount++ < TrialReport.ViolationsMax)
            _notPriced.Add(usage.Reason);
    }

    public IReadOnlyList<TrialTotal> Totals() =>
    [
        .. _currencies.OrderBy(c => c.Key.Code, StringComparer.Ordinal).ThenBy(c => c.Key.Digits).Select(c => new TrialTotal(
            c.Value.Currency, [.. c.Value.Payees.OrderBy(p => p.Key, Utf8Order.Instance)
                .Select(p => new TrialPayee(p.Key, p.Value.Before, p.Value.After))])),
    ];

    private Sums Of(string payeeId, Currency currency)
    {
        var key = (currency.Code, currency.MinorUnitDigits);
        if (!_currencies.TryGetValue(key, out var found))
            _currencies.Add(key, found = (currency, new Dictionary<string, Sums>(StringComparer.Ordinal)));
        if (!found.Payees.TryGetValue(payeeId, out var sums))
            found.Payees.Add(payeeId, sums = new Sums());
        return sums;
    }

    private sealed class Sums
    {
        public decimal Before { get; set; }

        public decimal After { get; set; }
    }
}
