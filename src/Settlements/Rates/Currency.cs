namespace Settlements;

/// <summary>
/// A currency: its ISO 4217 code, and how many decimals its smallest coin has. Two currencies are the same when both are.
/// </summary>
public sealed record Currency
{
    /// <summary>The most decimals that a currency may have.</summary>
    public const int MinorUnitDigitsMax = 4;

    /// <summary>South Korean won: no minor unit.</summary>
    public static readonly Currency KRW = new("KRW", 0);

    /// <summary>Japanese yen: no minor unit.</summary>
    public static readonly Currency JPY = new("JPY", 0);

    /// <summary>Vietnamese dong: no minor unit.</summary>
    public static readonly Currency VND = new("VND", 0);

    /// <summary>United States dollar: cents.</summary>
    public static readonly Currency USD = new("USD", 2);

    /// <summary>Euro: cents.</summary>
    public static readonly Currency EUR = new("EUR", 2);

    /// <summary>Pound sterling: pence.</summary>
    public static readonly Currency GBP = new("GBP", 2);

    /// <summary>Chinese yuan: fen.</summary>
    public static readonly Currency CNY = new("CNY", 2);

    /// <summary>Indian rupee: paise.</summary>
    public static readonly Currency INR = new("INR", 2);

    /// <summary>Brazilian real: centavos.</summary>
    public static readonly Currency BRL = new("BRL", 2);

    /// <summary>Canadian dollar: cents.</summary>
    public static readonly Currency CAD = new("CAD", 2);

    /// <summary>Australian dollar: cents.</summary>
    public static readonly Currency AUD = new("AUD", 2);

    /// <summary>Swiss franc: centimes.</summary>
    public static readonly Currency CHF = new("CHF", 2);

    /// <summary>Singapore dollar: cents.</summary>
    public static readonly Currency SGD = new("SGD", 2);

    /// <summary>New Taiwan dollar: cents by ISO 4217, though none circulate.</summary>
    public static readonly Currency TWD = new("TWD", 2);

    /// <summary>Kuwaiti dinar: a thousand fils.</summary>
    public static readonly Currency KWD = new("KWD", 3);

    /// <summary>Bahraini dinar: a thousand fils.</summary>
    public static readonly Currency BHD = new("BHD", 3);

    private static readonly Dictionary<string, Currency> BuiltIn =
        new[] { KRW, JPY, VND, USD, EUR, GBP, CNY, INR, BRL, CAD, AUD, CHF, SGD, TWD, KWD, BHD }
            .ToDictionary(currency => currency.Code, StringComparer.Ordinal);

    /// <summary>A currency of your own, or one that isn't built in.</summary>
    /// <param name="code">Three capital ASCII letters, as in ISO 4217.</param>
    /// <param name="minorUnitDigits">The decimals of its smallest coin: 0 (won) to <see cref="MinorUnitDigitsMax"/>; 2 for cents.</param>
    /// <exception cref="ArgumentNullException"><paramref name="code"/> is null.</exception>
    /// <exception cref="ArgumentException">The code isn't three capital ASCII letters.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The decimals are under 0 or over 4.</exception>
    public Currency(string code, int minorUnitDigits)
    {
        ArgumentNullException.ThrowIfNull(code);
        if (code.Length != 3 || !code.All(char.IsAsciiLetterUpper))
        {
            throw new ArgumentException(
                $"Currency code '{code}' isn't three capital letters A to Z; write it as in ISO 4217, such as 'KRW'.", nameof(code));
        }

        if (minorUnitDigits is < 0 or > MinorUnitDigitsMax)
        {
            throw new ArgumentOutOfRangeException(
                nameof(minorUnitDigits),
                minorUnitDigits,
                FormattableString.Invariant($"Currency {code} can't have that many decimals; give 0 to {MinorUnitDigitsMax}, such as 2 for cents."));
        }

        (Code, MinorUnitDigits) = (code, minorUnitDigits);
    }

    /// <summary>The ISO 4217 code: three capital ASCII letters.</summary>
    public string Code { get; }

    /// <summary>The decimals of the smallest coin: 0 to <see cref="MinorUnitDigitsMax"/>.</summary>
    public int MinorUnitDigits { get; }

    /// <summary>A built-in currency by its code.</summary>
    /// <param name="code">Three capital letters; the case counts.</param>
    /// <returns>The currency of that code.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="code"/> is null.</exception>
    /// <exception cref="ArgumentException">No built-in currency has that code.</exception>
    public static Currency FromCode(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return BuiltIn.TryGetValue(code, out var currency)
            ? currency
            : throw new ArgumentException(
                $"Currency '{code}' isn't built in; make it with the constructor, new Currency(code, minorUnitDigits).", nameof(code));
    }

    /// <summary>Cuts an amount toward zero to the minor unit: 605000.3 won is 605000, and -605000.3 won is -605000.</summary>
    /// <param name="amount">Any exact amount of this currency.</param>
    /// <returns>The amount with at most <see cref="MinorUnitDigits"/> decimals.</returns>
    public decimal Truncate(decimal amount) => decimal.Round(amount, MinorUnitDigits, MidpointRounding.ToZero);

    /// <summary>The code.</summary>
    /// <returns>For example <c>KRW</c>.</returns>
    public override string ToString() => Code;
}
