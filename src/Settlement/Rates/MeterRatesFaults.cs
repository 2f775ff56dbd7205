namespace Settlement.Rates;

/// <summary>Everything that is wrong with a meter's rates, as sentences: each scope's own faults, then those of all together.</summary>
internal static class MeterRatesFaults
{
    public static List<string> Of(MeterRatesBuilder meter)
    {
        var faults = new List<string>();
        AddScope(faults, meter);
        var owners = meter.Items.Values.Concat(meter.Payees.Values).ToArray();
        foreach (var own in owners)
        {
            AddScope(faults, own);
            if (!own.WasGivenAny)
                faults.Add(RateTableException.Sentence(own.Subject, "has no versions; add one, or leave it out"));
        }

        if (owners.Length == 0 && !meter.WasGivenAny)
            faults.Add(RateTableException.Sentence(meter.Subject, "has no versions; add one, with the first day that it prices"));
        if (meter.Rounding == RoundingRule.Cumulative)
        {
            AddMixedCurrencies(faults, meter, owners);
            AddMixedCounts(faults, meter, owners);
        }

        return faults;
    }

    private static void AddScope<TBuilder>(List<string> faults, RateVersionsBuilder<TBuilder> scope)
        where TBuilder : RateVersionsBuilder<TBuilder>
    {
        faults.AddRange(scope.OwnFaults);
        faults.AddRange(new RateVersions(scope.Versions).Faults().Select(phrase => RateTableException.Sentence(scope.Subject, phrase)));
    }

    // What earlier lines paid begins anew with the count, so all tables of an item have to count over the same.
    private static void AddMixedCounts(List<string> faults, MeterRatesBuilder meter, OwnRatesBuilder[] owners)
    {
        var counts = meter.Versions.Concat(owners.SelectMany(own => own.Versions)).Select(version => version.Table.CountedOver).Distinct().ToArray();
        if (counts.Length > 1)
        {
            faults.Add(RateTableException.Sentence(
                meter.Subject,
                $"rounds by telescoping, but counts over {string.Join(" and ", counts)}, and what earlier lines paid begins anew with the " +
                "count; count all its tables over the same, or use RoundingRule.Truncating"));
        }
    }

    // What earlier lines paid is taken off the next: a sum of won can't be taken off dollars.
    private static void AddMixedCurrencies(List<string> faults, MeterRatesBuilder meter, OwnRatesBuilder[] owners)
    {
        var currencies = meter.Versions.Concat(owners.SelectMany(own => own.Versions))
            .Select(version => version.Currency)
            .Distinct()
            .Select(currency => FormattableString.Invariant($"{currency} ({currency.MinorUnitDigits} decimals)"))
            .ToArray();
        if (currencies.Length > 1)
        {
            faults.Add(RateTableException.Sentence(
                meter.Subject,
                $"rounds by telescoping, but pays in {string.Join(" and ", currencies)}, and what earlier lines paid can't be carried " +
                "from one currency into another; use one currency, or RoundingRule.Truncating"));
        }
    }
}
