namespace Settlements;

/// <summary>Everything that is wrong with a meter's rates, as sentences: each scope's own errors, then those of all together.</summary>
internal static class MeterRatesValidator
{
    public static List<string> Of(MeterRatesBuilder meter)
    {
        var errors = new List<string>();
        AddScope(errors, meter);
        var owners = meter.Items.Values.Concat(meter.Payees.Values).ToArray();
        foreach (var own in owners)
        {
            AddScope(errors, own);
            if (!own.HasAnyVersion)
                errors.Add(RateTableException.Sentence(own.Subject, "has no versions; add one, or leave it out"));
        }

        if (owners.Length == 0 && !meter.HasAnyVersion)
            errors.Add(RateTableException.Sentence(meter.Subject, "has no versions; add one, with the first day that it prices"));
        return errors;
    }

    private static void AddScope<TBuilder>(List<string> errors, RateVersionsBuilder<TBuilder> scope)
        where TBuilder : RateVersionsBuilder<TBuilder>
    {
        errors.AddRange(scope.ScopeErrors);
        errors.AddRange(new RateVersions(scope.Versions).Validate().Select(phrase => RateTableException.Sentence(scope.Subject, phrase)));
    }
}
