using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Settlements.Sqlite;

/// <summary>Converts decimals to and from their stored text, which has no trailing zeros: equal amounts have equal texts.</summary>
internal static class AmountText
{
    /// <summary>The longest text, in bytes: a sign, 29 digits and a decimal point, rounded up.</summary>
    public const int BytesMax = 32;

    /// <summary>Writes an amount.</summary>
    /// <returns>The number of bytes written.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Write(decimal amount, Span<byte> utf8)
    {
        amount.TryFormat(utf8, out var length, default, CultureInfo.InvariantCulture);
        if (utf8[..length].Contains((byte)'.'))
        {
            while (utf8[length - 1] == '0')
                length--;
            if (utf8[length - 1] == '.')
                length--;
        }

        // Decimal has a negative zero.
        if (length == 2 && utf8[0] == '-' && utf8[1] == '0')
        {
            utf8[0] = (byte)'0';
            length = 1;
        }

        return length;
    }

    public static string From(decimal amount)
    {
        Span<byte> utf8 = stackalloc byte[BytesMax];
        return System.Text.Encoding.ASCII.GetString(utf8[..Write(amount, utf8)]);
    }

    public static decimal Parse(ReadOnlySpan<byte> utf8) =>
        Utf8Parser.TryParse(utf8, out long integer, out var length) && length == utf8.Length
            ? integer
            : decimal.Parse(utf8, NumberStyles.Number, CultureInfo.InvariantCulture);

    public static decimal Parse(string text) => decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);

    public static Int128 ParseInteger(ReadOnlySpan<byte> utf8) =>
        Int128.Parse(utf8, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
