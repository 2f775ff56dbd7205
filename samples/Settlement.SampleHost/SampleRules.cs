using Settlement.Rates;

namespace Settlement.SampleHost;

/// <summary>The business rules of this sample: days of Seoul, and the price of a view and of an ad view in won.</summary>
internal static class SampleRules
{
    public const string Views = "video.view";
    public const string Seconds = "video.seconds";
    public const string AdViews = "ad.view";

    /// <summary>All meters: an event of another one is rejected.</summary>
    public static readonly IReadOnlyList<string> Meters = [Views, Seconds, AdViews];

    /// <summary>What all amounts are in.</summary>
    public const string CurrencyCode = "KRW";

    private static readonly DateOnly FirstDay = new(2017, 1, 1);

    // Seconds have no price: they are counted and ranked, and nobody is paid for them.
    public static SettlementBuilder UseSampleRules(this SettlementBuilder settlement) => settlement
        .Calendar("Asia/Seoul")
        .Meter(Seconds)
        .Rates(Views, rates => rates.Graduated(
            "2017-01", from: FirstDay, Currency.KRW, [(99_999, 1m), (499_999, 1.1m), (999_999, 1.3m), (null, 1.5m)]))
        .Rates(AdViews, rates => rates.Graduated(
            "2017-01", from: FirstDay, Currency.KRW, [(99_999, 10m), (499_999, 12m), (999_999, 15m), (null, 20m)]));
}
