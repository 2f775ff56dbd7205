using System.Globalization;

namespace Settlements;

/// <summary>The error messages of items that can't be priced.</summary>
internal static class PricingErrors
{
    private const string Remedy =
        "Post events of the negative quantity, or correct the row of the source and reconcile the day. "
        + "The next close prices the usage again.";

    public static string QuantityOutOfRange(string meter, string itemId, Int128 quantity, long limit) => string.Create(
        CultureInfo.InvariantCulture,
        $"The quantity {quantity} of meter '{meter}', item '{itemId}' exceeds {limit}, the maximum of a line. {Remedy}");

    /// <summary>The reason for usage whose meter a source selected by the value of a column.</summary>
    public static string UndeclaredMeter(string meter, string itemId) =>
        $"Meter '{meter}' of item '{itemId}' has no rates and is not declared. Add Rates(\"{meter}\", …), or declare it as unpriced with "
        + $"Meter(\"{meter}\"). The next close then prices the usage; or correct the row of the source and reconcile the day.";

    public static PricingException CounterOutOfRange(string meter, string itemId, DateOnly usageDate, Int128 count) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The counter of meter '{meter}', item '{itemId}' would reach {count} with the usage of {usageDate:O}; "
        + $"its range is -{RateTable.CountMax} to {RateTable.CountMax}. {Remedy}"));

    public static PricingException NoVersion(MeterRates rates, string itemId, string payeeId, DateOnly usageDate)
    {
        var first = rates.All().Where(v => v.Scope.Length == 0 || v.Scope == $"item:{itemId}" || v.Scope == $"payee:{payeeId}")
            .Min(v => (DateOnly?)v.FirstDay);
        return new PricingException(string.Create(
            CultureInfo.InvariantCulture,
            $"No rate version of meter '{rates.Meter}' prices item '{itemId}' of payee '{payeeId}' on {usageDate:O}: "
            + $"{(first is null ? "it has no version" : $"its first version starts on {first:O}")}. {Remedy}"));
    }
}
