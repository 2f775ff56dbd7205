namespace Settlements;

/// <summary>An open day to estimate, with the settings that its close would have. Immutable.</summary>
internal sealed record EstimatedDay(DateOnly Day, Settings Settings, RatesInForce Rates)
{
    /// <summary>
    /// Returns the days with their settings: each close records the versions that are in force, and a superseding version prices usage
    /// dates from its first posting date on.
    /// </summary>
    public static IReadOnlyList<EstimatedDay> All(DateRange days, Settings settings)
    {
        var all = new List<EstimatedDay>(days.Days);
        foreach (var day in days.Each())
        {
            all.Add(new EstimatedDay(day, settings, settings.RatesFor(day)));
            settings = settings.After(day);
        }

        return all;
    }
}
