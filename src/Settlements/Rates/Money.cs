using System.Globalization;

namespace Settlements;

/// <summary>An exact amount of one currency. Operations never round. Immutable.</summary>
public readonly record struct Money(decimal Amount, Currency Currency)
{
    private const string DecimalsMax = "############################";

    /// <summary>The amount, in the main unit of the currency (won, dollars); may have more decimals than the minor unit.</summary>
    public decimal Amount { get; internal init; } = Amount;

    /// <summary>The currency.</summary>
    public Currency Currency { get; } = Currency ?? throw new ArgumentNullException(nameof(Currency));

    /// <summary>Adds two amounts of one currency.</summary>
    /// <param name="left">An amount.</param>
    /// <param name="right">Another amount of the same currency.</param>
    /// <returns>The exact sum.</returns>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public static Money operator +(Money left, Money right) =>
        left.Currency == right.Currency
            ? new(left.Amount + right.Amount, left.Currency)
            : throw new InvalidOperationException(
                $"{left} and {right} can't be added: their currencies differ. Sum each currency separately.");

    /// <summary>
    /// Returns the amount with all its decimals, at least those of the minor unit, and the code, independent of the current culture.
    /// </summary>
    /// <returns>For example <c>605000 KRW</c>, <c>12.50 USD</c>, or <c>605000.3 KRW</c> for an amount that is not rounded.</returns>
    public override string ToString()
    {
        var digits = Currency?.MinorUnitDigits ?? 0;
        var format = $"0.{new string('0', digits)}{DecimalsMax[digits..]}";
        return $"{Amount.ToString(format, CultureInfo.InvariantCulture)} {Currency?.Code ?? "(no currency)"}";
    }
}
