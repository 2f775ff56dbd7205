namespace Settlements;

/// <summary>
/// A currency: its ISO 4217 code and the number of decimals of its minor unit. Two currencies are equal when both are equal. Immutable.
/// </summary>
public sealed record Currency
{
    /// <summary>The maximum number of decimals of a currency: 4.</summary>
    public const int MinorUnitDigitsMax = 4;

    /// <summary>South Korean won: no minor unit.</summary>
    public static readonly Currency KRW = new(("KRW", 0));

    /// <summary>Japanese yen: no minor unit.</summary>
    public static readonly Currency JPY = new(("JPY", 0));

    /// <summary>Vietnamese dong: no minor unit.</summary>
    public static readonly Currency VND = new(("VND", 0));

    /// <summary>United States dollar: cents.</summary>
    public static readonly Currency USD = new(("USD", 2));

    /// <summary>Euro: cents.</summary>
    public static readonly Currency EUR = new(("EUR", 2));

    /// <summary>Pound sterling: pence.</summary>
    public static readonly Currency GBP = new(("GBP", 2));

    /// <summary>Chinese yuan: fen.</summary>
    public static readonly Currency CNY = new(("CNY", 2));

    /// <summary>Indian rupee: paise.</summary>
    public static readonly Currency INR = new(("INR", 2));

    /// <summary>Brazilian real: centavos.</summary>
    public static readonly Currency BRL = new(("BRL", 2));

    /// <summary>Canadian dollar: cents.</summary>
    public static readonly Currency CAD = new(("CAD", 2));

    /// <summary>Australian dollar: cents.</summary>
    public static readonly Currency AUD = new(("AUD", 2));

    /// <summary>Swiss franc: centimes.</summary>
    public static readonly Currency CHF = new(("CHF", 2));

    /// <summary>Singapore dollar: cents.</summary>
    public static readonly Currency SGD = new(("SGD", 2));

    /// <summary>New Taiwan dollar: cents by ISO 4217, though none circulate.</summary>
    public static readonly Currency TWD = new(("TWD", 2));

    /// <summary>Kuwaiti dinar: a thousand fils.</summary>
    public static readonly Currency KWD = new(("KWD", 3));

    /// <summary>Bahraini dinar: a thousand fils.</summary>
    public static readonly Currency BHD = new(("BHD", 3));

    private static readonly Dictionary<string, Currency> BuiltIn =
        new[] { KRW, JPY, VND, USD, EUR, GBP, CNY, INR, BRL, CAD, AUD, CHF, SGD, TWD, KWD, BHD }
            .ToDictionary(currency => currency.Code, StringComparer.Ordinal);

    /// <summary>Creates a currency. With the code of a built-in one, it equals that one.</summary>
    /// <param name="code">Three capital ASCII letters, as in ISO 4217.</param>
    /// <param name="minorUnitDigits">
    /// The decimals of its minor unit: 0 (won) to <see cref="MinorUnitDigitsMax"/>; 2 for cents. Those of a built-in currency can't be
    /// changed: amounts in two wons would be published.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="code"/> is null.</exception>
    /// <exception cref="ArgumentException">
    /// The code is not three capital ASCII letters, or that of a built-in currency with another number of decimals.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of decimals is less than 0 or greater than 4.</exception>
    public Currency(string code, int minorUnitDigits)
    {
        ArgumentNullException.ThrowIfNull(code);
        if (code.Length != 3 || !code.All(char.IsAsciiLetterUpper))
        {
            throw new ArgumentException(
                $"Currency code '{code}' is not three capital letters A to Z. Use an ISO 4217 code, such as 'KRW'.", nameof(code));
        }

        if (minorUnitDigits is < 0 or > MinorUnitDigitsMax)
        {
            throw new ArgumentOutOfRangeException(
                nameof(minorUnitDigits),
                minorUnitDigits,
                FormattableString.Invariant($"Currency {code} can't have {minorUnitDigits} decimals. Use 0 to {MinorUnitDigitsMax}, ")
                    + "such as 2 for cents.");
        }

        if (BuiltIn.TryGetValue(code, out var builtIn) && builtIn.MinorUnitDigits != minorUnitDigits)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"Currency {code} has {builtIn.MinorUnitDigits} decimals, not {minorUnitDigits}. Use ")
                    + $"Currency.{code}.",
                nameof(minorUnitDigits));
        }

        (Code, MinorUnitDigits) = (code, minorUnitDigits);
    }

    private Currency((string Code, int MinorUnitDigits) builtIn) => (Code, MinorUnitDigits) = builtIn;

    /// <summary>The ISO 4217 code: three capital ASCII letters.</summary>
    public string Code { get; }

    /// <summary>The number of decimals of the minor unit: 0 to <see cref="MinorUnitDigitsMax"/>.</summary>
    public int MinorUnitDigits { get; }

    /// <summary>Whether <see cref="FromCode"/> returns this currency for its code.</summary>
    internal bool IsBuiltIn => BuiltIn.TryGetValue(Code, out var currency) && Equals(currency);

    /// <summary>Returns the currency of a stored line as it was published, without a comparison with the built-in ones.</summary>
    internal static Currency OfLine(string code, int minorUnitDigits) => new((code, minorUnitDigits));

    /// <summary>Returns the decimals of a built-in currency; null for another one.</summary>
    internal static int? BuiltInDigits(string code) => BuiltIn.TryGetValue(code, out var currency) ? currency.MinorUnitDigits : null;

    /// <summary>Returns a built-in currency by its code.</summary>
    /// <param name="code">Three capital letters; case-sensitive.</param>
    /// <returns>The currency of that code.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="code"/> is null.</exception>
    /// <exception cref="ArgumentException">No built-in currency has the code.</exception>
    public static Currency FromCode(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return BuiltIn.TryGetValue(code, out var currency)
            ? currency
            : throw new ArgumentException(
                $"Currency '{code}' is not built in. Create it with new Currency(code, minorUnitDigits).", nameof(code));
    }

    /// <summary>Rounds an amount toward zero to the minor unit: 605000.3 won is 605000, and -605000.3 won is -605000.</summary>
    /// <param name="amount">Any exact amount of this currency.</param>
    /// <returns>The amount with at most <see cref="MinorUnitDigits"/> decimals.</returns>
    public decimal Truncate(decimal amount) => decimal.Round(amount, MinorUnitDigits, MidpointRounding.ToZero);

    /// <summary>Returns the code.</summary>
    /// <returns>For example <c>KRW</c>.</returns>
    public override string ToString() => Code;
}
