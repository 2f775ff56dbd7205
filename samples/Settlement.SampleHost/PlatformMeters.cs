namespace Settlement.SampleHost;

/// <summary>The meters of the events that the platform writes, as settlement.json names them, and the currency in which it pays.</summary>
internal static class PlatformMeters
{
    public const string Views = "video.view";
    public const string Seconds = "video.seconds";
    public const string AdViews = "ad.view";

    /// <summary>The currency of all amounts that are shown.</summary>
    public const string CurrencyCode = "KRW";
}
