using Settlement.BusinessDays;
using Settlement.Calendars;
using Settlement.DailyTotals;
using Settlement.Rates;

namespace Settlement.PricedLines;

/// <summary>Prices a day's totals into lines. Pure: the same totals and counters give the same lines, byte for byte.</summary>
internal sealed class LinePricer(DateOnly day, BusinessCalendar calendar, IReadOnlyDictionary<string, MeterRates> rates)
{
    /// <summary>What each version counts over, for the versions that priced earlier lines.</summary>
    private readonly Lazy<Dictionary<(string Meter, string Scope, string Version), CountedOver>> _countedOver = new(() => rates.Values
        .SelectMany(r => r.All().Select(v => (Key: (r.Meter, v.Scope, v.Version), v.Table.CountedOver)))
        .ToDictionary(v => v.Key, v => v.CountedOver));

    /// <summary>Prices whole items.</summary>
    /// <param name="totals">In the byte order of meter, item and payee.</param>
    /// <param name="counters">The counters that exist of these items; of others too, which are passed over.</param>
    /// <returns>A line for each total of a priced meter, and the new counter of each item, in the order of the totals.</returns>
    /// <exception cref="PricingException">A meter has rates but none for a line, or a count leaves the range that can be priced.</exception>
    /// <exception cref="InvariantException">A count does not go on from where the item's published lines end.</exception>
    public PricedItems Price(IReadOnlyList<DailyTotal> totals, IReadOnlyDictionary<(string Meter, string ItemId), ItemCounter> counters)
    {
        var priced = new PricedItems(new List<PricedLine>(totals.Count), []);
        for (var i = 0; i < totals.Count;)
        {
            var first = totals[i];
            rates.TryGetValue(first.Meter, out var meterRates);
            var counter = counters.TryGetValue((first.Meter, first.ItemId), out var last)
                ? Chained(last).At(day, meterRates?.Find(day, first.ItemId, first.PayeeId)?.Table.CountedOver ?? CountedOver.Life, calendar)
                : new ItemCounter(first.Meter, first.ItemId, day, first.PayeeId, 0, 0, 0, 0, 0, default, null);
            for (; i < totals.Count && totals[i].ItemId == first.ItemId && totals[i].Meter == first.Meter; i++)
                counter = PriceOne(totals[i], counter, meterRates, priced.Lines);
            priced.Counters.Add(counter);
        }

        return priced;
    }

    /// <summary>
    /// An item's count goes on from its last published line. When the day is priced again, only the life's count can be taken back without
    /// knowing the periods of the day before.
    /// </summary>
    private ItemCounter Chained(ItemCounter counter)
    {
        if (counter.LastLine is not { } line
            || !_countedOver.Value.TryGetValue((counter.Meter, line.RateScope, line.RateVersion), out var over)
            || (counter.Day == day && over != CountedOver.Life))
        {
            return counter;
        }

        var count = counter.Day == day ? counter.Life - counter.Quantity : counter.Count(over);
        return count == line.CumulativeAfter ? counter : throw new InvariantException(
            FormattableString.Invariant($"Day {day:O} can't be priced: item '{counter.ItemId}' of meter '{counter.Meter}' is counted up to {count} in item_counters, but its ")
            + FormattableString.Invariant($"line of {line.Day:O} ends at {line.CumulativeAfter}. Published lines are the truth: set the counter right, or look for what changed ")
            + $"it or the line, and close again.");
    }

    private ItemCounter PriceOne(DailyTotal total, ItemCounter counter, MeterRates? meterRates, List<PricedLine> lines)
    {
        try
        {
            var after = counter.Add(total.Quantity, total.PayeeId);
            if (meterRates is null)
                return after;

            var version = meterRates.Find(day, total.ItemId, total.PayeeId) ?? throw NoVersion(total, meterRates);
            var over = version.Table.CountedOver;
            var exact = version.Table.PriceBetween(counter.Count(over), after.Count(over));
            var amount = version.Currency.Truncate(exact);
            if (meterRates.Rounding == RoundingRule.Telescoping)
            {
                // truncate(price(after)) − what its earlier lines paid. The price is kept as the sum of exact amounts, so that a new version
                // of the rate table never prices an old unit again.
                var price = counter.Paid.Exact + exact;
                amount = version.Currency.Truncate(price) - counter.Paid.Amount;
                after = after with { Paid = new PaidSoFar(price, counter.Paid.Amount + amount) };
            }

            lines.Add(new PricedLine(
                day, total.Meter, total.ItemId, total.PayeeId, total.Quantity, counter.Count(over), after.Count(over), version.Scope,
                version.Version, exact, amount, version.Currency));
            return after;
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            throw new PricingException(
                $"Item '{total.ItemId}' of meter '{total.Meter}' can't be counted on {day:O}: {e.Message} "
                + "Look for events of a wrong quantity and take them back with events of the negative quantity.", e);
        }
    }

    private PricingException NoVersion(DailyTotal total, MeterRates meterRates) => new(
        $"Meter '{total.Meter}' has rate tables, but none for item '{total.ItemId}' on {day:O}: the first starts on "
        + $"{meterRates.All().Min(v => v.FirstDay):O}. Add a version that starts on {day:O} or before.");
}

/// <summary>What pricing came to.</summary>
internal sealed record PricedItems(List<PricedLine> Lines, List<ItemCounter> Counters);

/// <summary>A day's total can't be priced; the day stays unpublished.</summary>
public sealed class PricingException : Exception
{
    /// <summary>Says what can't be priced, and why.</summary>
    /// <param name="message">The thing, the value, the limit and the remedy.</param>
    /// <param name="cause">What was thrown, if anything.</param>
    public PricingException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
