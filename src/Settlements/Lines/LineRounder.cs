using Settlements.Stores;

namespace Settlements;

/// <summary>Rounds the lines of one item, in the order of pricing.</summary>
internal sealed class LineRounder(MeterRates meter, string itemId, CounterCache counters)
{
    /// <summary>Made when it is needed: most meters round each line by itself, and there is a rounder for every item.</summary>
    private Dictionary<RoundingKey, (decimal Exact, decimal? Previous)>? _sums;

    /// <summary>The exact sums as the lines leave them; none where each line is rounded by itself.</summary>
    public IEnumerable<RoundingChange> Changes => _sums is null ? [] : _sums.Select(s => new RoundingChange(s.Key, s.Value.Exact, s.Value.Previous));

    /// <summary>The amount of the next line.</summary>
    public decimal Round(LineDraft draft)
    {
        var currency = draft.Version!.Currency;
        var restated = draft.Restated;
        if (meter.Rounding != Rounding.Cumulative)
            return currency.Truncate(draft.Exact) + (restated is null ? 0 : restated.NewAmount - restated.OldAmount);

        var key = new RoundingKey(meter.Meter, itemId, draft.PayeeId, currency.Code);
        _sums ??= [];
        var (before, previous) = _sums.TryGetValue(key, out var sum) ? sum : counters.FindExact(key) is { } kept ? (kept, kept) : (0m, (decimal?)null);
        var after = before + draft.Exact + (restated is null ? 0 : restated.NewExact - restated.OldExact);
        _sums[key] = (after, previous);

        // What was paid so far is the truncated exact sum so far: it was made by this rule.
        return currency.Truncate(after) - currency.Truncate(before);
    }
}
