namespace Settlement.SampleHost.Pages.Admin;

/// <summary>A meter whose rates can be tried, with the tiers to begin from.</summary>
public sealed record TrialMeter(string Meter, string Name, IReadOnlyList<TrialTier> Tiers);

/// <summary>A tier while it is written.</summary>
public sealed class TrialTier
{
    /// <summary>The last number it holds; null for the last tier.</summary>
    public long? UpTo { get; set; }

    public decimal Price { get; set; }
}
