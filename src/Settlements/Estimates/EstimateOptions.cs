using Settlements.Stores;

namespace Settlements;

/// <summary>The limits of estimates of open days.</summary>
public sealed class EstimateOptions
{
    /// <summary>
    /// Gets or sets the maximum number of open days that a refresh estimates. More indicate that days are not being closed. From 1 to 366;
    /// default 31.
    /// </summary>
    public int DaysMax { get; set; } = 31;

    /// <summary>
    /// Gets or sets how long a refresh waits for the refresh of another instance, whose estimate it then returns. From 1 second to 1 hour;
    /// default 10 minutes.
    /// </summary>
    public TimeSpan WaitMax { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Checks that every value is in its range.</summary>
    /// <returns>All errors, each with the name of the option, its value and the range; empty when there are none.</returns>
    internal IEnumerable<string> Validate()
    {
        if (DaysMax is < 1 or > EstimateRuns.DaysMax)
            yield return FormattableString.Invariant($"Estimates.DaysMax is {DaysMax}; use 1 to {EstimateRuns.DaysMax}.");
        if (WaitMax < TimeSpan.FromSeconds(1) || WaitMax > TimeSpan.FromHours(1))
            yield return $"Estimates.WaitMax is {WaitMax}; use 1 second to 1 hour.";
    }

    internal EstimateLimits ToLimits() => new(DaysMax, WaitMax);
}

/// <summary>An immutable copy of valid <see cref="EstimateOptions"/>.</summary>
internal sealed record EstimateLimits(int DaysMax, TimeSpan WaitMax);
