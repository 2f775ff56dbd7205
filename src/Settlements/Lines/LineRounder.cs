using System.Runtime.CompilerServices;
using Settlements.Stores;

namespace Settlements;

/// <summary>Rounds the lines of one item, in the order of pricing.</summary>
internal sealed class LineRounder(MeterRates meter, string itemId, CounterCache counters)
{
    /// <summary>Created on demand: there is a rounder for every item, and most meters round each line separately.</summary>
    private Dictionary<RoundingKey, (decimal Exact, decimal? Previous)>? _sums;

    /// <summary>The changed exact sums; empty when each line is rounded separately.</summary>
    public IEnumerable<RoundingChange> Changes =>
        _sums is null ? [] : _sums.Select(s => new RoundingChange(s.Key, s.Value.Exact, s.Value.Previous));

    /// <summary>Returns the rounded amount of the next line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public decimal Round(LineDraft draft)
    {
        var currency = draft.Version!.Currency;
        var restated = draft.Restated;
        if (meter.Rounding != Rounding.Cumulative)
            return currency.Truncate(draft.Exact) + (restated is null ? 0 : restated.NewAmount - restated.OldAmount);

        var key = new RoundingKey(meter.Meter, itemId, draft.PayeeId, currency.Code);
        _sums ??= [];
        var (before, previous) = _sums.TryGetValue(key, out var sum) ? sum
            : counters.FindExact(key) is { } stored ? (stored, stored) : (0m, (decimal?)null);
        var after = before + draft.Exact + (restated is null ? 0 : restated.NewExact - restated.OldExact);
        _sums[key] = (after, previous);

        // The total paid so far is the truncated exact sum so far, by the same rule.
        return currency.Truncate(after) - currency.Truncate(before);
    }
}
