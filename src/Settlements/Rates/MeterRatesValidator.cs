namespace Settlements;

/// <summary>Validates the rates of a meter.</summary>
internal static class MeterRatesValidator
{
    /// <summary>Returns all errors as sentences: for each scope those of its versions, then those of the scope as a whole.</summary>
    public static List<string> Validate(MeterRatesBuilder meter)
    {
        var errors = new List<string>();
        AddScope(errors, meter);
        var covered = new RateVersions(meter.Versions).Ordered is [var first, ..] ? first.FirstDay : (DateOnly?)null;
        AddGaps(errors, meter, next: null);
        var overrides = meter.Items.Values.Concat(meter.Payees.Values).ToArray();
        foreach (var one in overrides)
        {
            AddScope(errors, one);
            AddGaps(errors, one, covered);
            if (!one.HasAnyVersion)
                errors.Add(RateTableException.Sentence(one.Subject, "has no versions; add one, or remove the override"));
        }

        if (overrides.Length == 0 && !meter.HasAnyVersion)
            errors.Add(RateTableException.Sentence(meter.Subject, "has no versions; add one, with the first day that it prices"));
        return errors;
    }

    private static void AddGaps<TBuilder>(List<string> errors, RateVersionsBuilder<TBuilder> scope, DateOnly? next)
        where TBuilder : RateVersionsBuilder<TBuilder> =>
        errors.AddRange(new RateVersions(scope.Versions).Gaps(next).Select(phrase => RateTableException.Sentence(scope.Subject, phrase)));

    private static void AddScope<TBuilder>(List<string> errors, RateVersionsBuilder<TBuilder> scope)
        where TBuilder : RateVersionsBuilder<TBuilder>
    {
        errors.AddRange(scope.ScopeErrors);
        errors.AddRange(new RateVersions(scope.Versions).Validate().Select(phrase => RateTableException.Sentence(scope.Subject, phrase)));
    }
}
