namespace Settlements;

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
        return faults;
    }

    private static void AddScope<TBuilder>(List<string> faults, RateVersionsBuilder<TBuilder> scope)
        where TBuilder : RateVersionsBuilder<TBuilder>
    {
        faults.AddRange(scope.OwnFaults);
        faults.AddRange(new RateVersions(scope.Versions).Validate().Select(phrase => RateTableException.Sentence(scope.Subject, phrase)));
    }
}
