using static System.FormattableString;

namespace Settlements;

/// <summary>Checks that a currency has the same number of decimals in all rates of a settlement.</summary>
internal static class CurrencyDigits
{
    /// <summary>Returns an error for each version whose currency has another number of decimals than in an earlier one.</summary>
    /// <param name="meters">The rates of all meters.</param>
    public static IEnumerable<string> Errors(IEnumerable<MeterRates> meters)
    {
        var first = new Dictionary<string, (int Digits, string Name)>(StringComparer.Ordinal);
        foreach (var rates in meters)
        {
            foreach (var version in rates.All())
            {
                var (code, digits) = (version.Currency.Code, version.Currency.MinorUnitDigits);
                if (first.TryGetValue(code, out var other) && other.Digits == digits)
                    continue;
                var name = RateTexts.Name(rates.Meter, version.Scope, version.Version);
                if (!first.TryAdd(code, (digits, name)))
                {
                    yield return Invariant($"{name} is in {code} with {digits} decimals, and {other.Name} in {code} with {other.Digits}. ")
                        + "Use the same number in all versions.";
                }
            }
        }
    }
}
