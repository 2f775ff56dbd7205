using System.Buffers;
using System.Globalization;

namespace Settlements;

/// <summary>Parses an event id: 32 hexadecimal digits of either case in groups of 8-4-4-4-12, without braces or spaces.</summary>
/// <remarks>
/// <see cref="Guid.TryParseExact(ReadOnlySpan{char}, ReadOnlySpan{char}, out Guid)"/> is not used, since it accepts <c>0x</c> and signs
/// within a group.
/// </remarks>
internal static class EventIdText
{
    private const int Length = 36;
    private const string Example = "Use 32 hexadecimal digits with hyphens, for example 0189f7ea-ae2c-7f6a-8b1c-2d3e4f5a6b7c.";

    /// <returns><see langword="null"/>, or the reason for the rejection.</returns>
    public static string? Read(ReadOnlySpan<byte> text, out Guid eventId)
    {
        Span<byte> digits = stackalloc byte[32];
        Span<byte> bytes = stackalloc byte[16];
        eventId = default;
        if (text.Length != Length || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
            return Explain(text);

        text[..8].CopyTo(digits);
        text[9..13].CopyTo(digits[8..]);
        text[14..18].CopyTo(digits[12..]);
        text[19..23].CopyTo(digits[16..]);
        text[24..].CopyTo(digits[20..]);
        if (Convert.FromHexString(digits, bytes, out _, out _) != OperationStatus.Done)
            return Explain(text);

        eventId = new Guid(bytes, bigEndian: true);
        return null;
    }

    private static string Explain(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return $"The event id is empty. {Example}";

        if (text.Length != Length)
            return FormattableString.Invariant($"'{MessageText.Escape(text)}' is not a UUID of {Length} characters. {Example}");

        for (var i = 0; i < Length; i++)
        {
            var hyphen = i is 8 or 13 or 18 or 23;
            if (hyphen ? text[i] == '-' : char.IsAsciiHexDigit((char)text[i]))
                continue;
            var wanted = hyphen ? "a hyphen" : "a hexadecimal digit";
            return string.Create(
                CultureInfo.InvariantCulture, $"'{MessageText.Escape(text)}' is not a UUID: character {i + 1} is not {wanted}. {Example}");
        }

        throw new InvalidOperationException($"'{MessageText.Escape(text)}' is a valid UUID that "
            + $"EventIdText.Read rejected. Report this as a defect.");
    }
}
