using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The counters of a range of items, as published lines determine them: for the counter periods, volume tables and rounding of the rates of
/// a trial. Not thread-safe.
/// </summary>
internal sealed class TrialCounters(TrialRates rates, BusinessCalendar calendar)
{
    private readonly CounterInstanceCache _instances = new(calendar);

    /// <summary>The counters.</summary>
    public CounterCache Cache { get; } = new();

    /// <summary>Sets an opening count, which was imported from a replaced system.</summary>
    public void Begin(ItemCounter opening)
    {
        if (rates.Of(opening.Instance.Meter)?.Periods.Contains(opening.Instance.Period) == true)
            Cache.Set(opening);
    }

    /// <summary>Adds a published line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="restated">The change of the price that it posts; null for other lines.</param>
    public void Add(SettlementLine line, RestatedPrice? restated)
    {
        if (rates.Of(line.Meter) is not { } meter)
            return;
        if (line.Quantity != 0)
        {
            foreach (var instance in _instances.Of(meter, line.UsageDate))
                Cache.Set(new ItemCounter(instance, line.ItemId, checked((Cache.Find(instance, line.ItemId) ?? 0) + line.Quantity)));
        }

        if (line.Price is not { } price)
            return;
        if (meter.Rounding == Rounding.Cumulative)
        {
            var key = new RoundingKey(line.Meter, line.ItemId, line.PayeeId, price.Currency.Code);
            Cache.Set(key, (Cache.FindExact(key) ?? 0) + price.ExactAmount);
        }

        if (meter.HasVolume)
            AddVolume(line, price, restated);
    }

    /// <summary>Adds the units of a line to those of its version, which a volume table reprices later.</summary>
    private void AddVolume(SettlementLine line, LinePrice price, RestatedPrice? restated)
    {
        var moved = restated is null ? 0 : restated.NewExact - restated.OldExact;
        AddVolume(line, price.RateScope, price.RateVersion, line.Quantity, price.ExactAmount - moved);
        if (restated is null)
            return;
        AddVolume(line, restated.OldScope, restated.OldVersion, -restated.Units, -restated.OldExact);
        AddVolume(line, restated.NewScope, restated.NewVersion, restated.Units, restated.NewExact);
    }

    private void AddVolume(SettlementLine line, string scope, string name, long units, decimal exact)
    {
        if ((units == 0 && exact == 0) || rates.FindSame(line.Meter, scope, name) is not { Table.Mode: RateMode.Volume } version)
            return;
        var start = CounterCache.StartOf(version.Table.CounterPeriod, line.UsageDate, calendar);
        var before = Cache.FindVolume(line.Meter, line.ItemId, scope, name, start)?.GetValueOrDefault(line.PayeeId) ?? default;
        Cache.Set(
            new VolumeKey(line.Meter, line.ItemId, scope, name, start, line.PayeeId),
            new VolumeSum(before.Units + units, before.ExactAmount + exact));
    }
}
