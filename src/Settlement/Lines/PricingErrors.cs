using System.Globalization;
using Settlement.Rates;

namespace Settlement.Lines;

/// <summary>Why an item can't be priced, in one wording.</summary>
internal static class PricingErrors
{
    private const string Remedy =
        "Correct it with events of the negative quantity, or correct the row of the source and reconcile the day: the next close counts it again.";

    public static string TooMuch(string meter, string itemId, Int128 quantity, long limit) => string.Create(
        CultureInfo.InvariantCulture,
        $"The quantity {quantity} of meter '{meter}', item '{itemId}' is beyond {limit}, the most that a line holds. {Remedy}");

    public static PricingException CounterOutOfRange(string meter, string itemId, DateOnly usageDate, Int128 count) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The counter of meter '{meter}', item '{itemId}' would reach {count} with the usage of {usageDate:O}; it holds -{RateTable.CountMax} to "
        + $"{RateTable.CountMax}. {Remedy}"));

    public static PricingException NoVersion(MeterRates rates, string itemId, string payeeId, DateOnly usageDate) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"No rate version of meter '{rates.Meter}' prices item '{itemId}' of payee '{payeeId}' on {usageDate:O}: the first starts on "
        + $"{rates.All().Min(v => v.FirstDay):O}. Correct the usage with events of the negative quantity."));
}
