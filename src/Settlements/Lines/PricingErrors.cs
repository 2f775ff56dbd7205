using System.Globalization;

namespace Settlements;

/// <summary>Why an item can't be priced, in one wording.</summary>
internal static class PricingErrors
{
    private const string Remedy =
        "Correct it with events of the negative quantity, or correct the row of the source and reconcile the day: the next close counts it again.";

    public static string QuantityOutOfRange(string meter, string itemId, Int128 quantity, long limit) => string.Create(
        CultureInfo.InvariantCulture,
        $"The quantity {quantity} of meter '{meter}', item '{itemId}' is beyond {limit}, the most that a line holds. {Remedy}");

    public static PricingException CounterOutOfRange(string meter, string itemId, DateOnly usageDate, Int128 count) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The counter of meter '{meter}', item '{itemId}' would reach {count} with the usage of {usageDate:O}; it holds -{RateTable.CountMax} to "
        + $"{RateTable.CountMax}. {Remedy}"));

    public static PricingException NoVersion(MeterRates rates, string itemId, string payeeId, DateOnly usageDate)
    {
        var first = rates.All().Where(v => v.Scope.Length == 0 || v.Scope == $"item:{itemId}" || v.Scope == $"payee:{payeeId}").Min(v => (DateOnly?)v.FirstDay);
        return new PricingException(string.Create(
            CultureInfo.InvariantCulture,
            $"No rate version of meter '{rates.Meter}' prices item '{itemId}' of payee '{payeeId}' on {usageDate:O}: "
            + $"{(first is null ? "there is none for it" : $"the first starts on {first:O}")}. {Remedy}"));
    }
}
