namespace Settlement.SampleHost;

/// <summary>The meters of the platform's usage events, as named in settlement.json, and the currency of payment.</summary>
internal static class PlatformMeters
{
    public const string Views = "video.view";
    public const string Seconds = "video.seconds";
    public const string AdViews = "ad.view";

    /// <summary>The currency of all displayed amounts.</summary>
    public const string CurrencyCode = "KRW";
}
