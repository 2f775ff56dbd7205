namespace Settlement.SampleHost.Pages.Admin;

/// <summary>A meter for a rate trial, with its current tiers.</summary>
public sealed record TrialMeter(string Meter, string Name, IReadOnlyList<TrialTier> Tiers);

/// <summary>An editable tier.</summary>
public sealed class TrialTier
{
    /// <summary>The last unit of the tier, included; null for the last tier.</summary>
    public long? UpTo { get; set; }

    public decimal Price { get; set; }
}
