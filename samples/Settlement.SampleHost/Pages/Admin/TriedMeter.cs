namespace Settlement.SampleHost.Pages.Admin;

/// <summary>A meter whose rates can be tried, with the tiers to begin from.</summary>
public sealed record TriedMeter(string Meter, string Name, IReadOnlyList<TriedTier> Tiers);

/// <summary>A tier while it is written.</summary>
public sealed class TriedTier
{
    /// <summary>The last number it holds; null for the last tier.</summary>
    public long? UpTo { get; set; }

    public decimal Price { get; set; }
}
