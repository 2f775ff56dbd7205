using System.Globalization;

namespace Settlements.MySql;

/// <summary>
/// A decimal number's sign, digits and power of ten, by which different texts of a number compare equal. One grammar for all numeric
/// columns: how the server parses other texts differs between columns, servers and statements.
/// </summary>
/// <param name="IsNegative">Whether it is negative; false for 0.</param>
/// <param name="Digits">The digits without leading and trailing zeros; empty for 0.</param>
/// <param name="Exponent">The power of ten of the last digit; 0 for 0.</param>
internal readonly record struct NumberText(bool IsNegative, string Digits, int Exponent)
{
    /// <summary>Far beyond the range of any column; prevents an overflow of exponents.</summary>
    private const int LengthMax = 2_000;
    private const int ExponentMax = 10_000;

    public bool IsInteger => Exponent >= 0;

    /// <summary>Parses <c>[+-]digits[.digits][e[+-]digits]</c>, with spaces around it.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out NumberText number)
    {
        number = default;
        text = text.Trim(' ');
        if (text.Length is 0 or > LengthMax)
            return false;

        var isNegative = text[0] == '-';
        if (text[0] is '-' or '+')
            text = text[1..];
        var exponent = 0;
        if (text.IndexOfAny('e', 'E') is >= 0 and var e)
        {
            if (!int.TryParse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
                || Math.Abs(exponent) > ExponentMax)
                return false;
            text = text[..e];
        }

        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? default : text[(point + 1)..];
        if (whole.Length + fraction.Length == 0 || whole.ContainsAnyExceptInRange('0', '9') || fraction.ContainsAnyExceptInRange('0', '9'))
            return false;

        var digits = string.Concat(whole, fraction).TrimStart('0');
        var trimmed = digits.TrimEnd('0');
        number = trimmed.Length == 0
            ? new NumberText(false, "", 0)
            : new NumberText(isNegative, trimmed, exponent - fraction.Length + digits.Length - trimmed.Length);
        return true;
    }

    /// <summary>Returns a whole number without exponent; null if it is too long for any column.</summary>
    public string? ToIntegerText()
    {
        const int IntegerLengthMax = 100;
        if (Digits.Length == 0)
            return "0";
        return Digits.Length + Exponent > IntegerLengthMax ? null : $"{(IsNegative ? "-" : "")}{Digits}{new string('0', Exponent)}";
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsNegative ? "-" : "")}0{Digits}e{Exponent}");
}
