using System.Globalization;

namespace Settlements;

/// <summary>An amount of one currency. Exact: nothing here rounds.</summary>
/// <param name="Amount">How much, in the currency's main unit (won, dollars); may have more decimals than its coins.</param>
/// <param name="Currency">Of what.</param>
public readonly record struct Money(decimal Amount, Currency Currency)
{
    private const string DecimalsMax = "############################";

    /// <summary>Of what.</summary>
    public Currency Currency { get; } = Currency ?? throw new ArgumentNullException(nameof(Currency));

    /// <summary>Adds two amounts of one currency.</summary>
    /// <param name="left">An amount.</param>
    /// <param name="right">Another of the same currency.</param>
    /// <returns>The exact sum.</returns>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public static Money operator +(Money left, Money right) =>
        left.Currency == right.Currency
            ? new(left.Amount + right.Amount, left.Currency)
            : throw new InvalidOperationException(
                $"{left} and {right} can't be added, being of two currencies; add up each currency by itself.");

    /// <summary>
    /// The amount with at least its minor unit's decimals, and all that it has beyond them, then the code; whatever the current culture.
    /// </summary>
    /// <returns>For example <c>605000 KRW</c>, <c>12.50 USD</c>, or <c>605000.3 KRW</c> for an amount not yet rounded.</returns>
    public override string ToString()
    {
        var digits = Currency?.MinorUnitDigits ?? 0;
        var format = $"0.{new string('0', digits)}{DecimalsMax[digits..]}";
        return $"{Amount.ToString(format, CultureInfo.InvariantCulture)} {Currency?.Code ?? "(no currency)"}";
    }
}
