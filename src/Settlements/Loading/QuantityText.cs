namespace Settlements;

/// <summary>A quantity as text: <c>-?[0-9]+</c>. No plus sign, no spaces, no separators, no exponent, no decimals.</summary>
internal static class QuantityText
{
    // The limit, 10^12, has 13 digits: what has more, leading zeros aside, is over it and need not fit a long.
    private const int DigitsMax = 13;

    /// <returns><see langword="null"/>, or the reason why it is refused.</returns>
    public static string? Read(ReadOnlySpan<byte> text, out long quantity)
    {
        quantity = 0;
        var negative = !text.IsEmpty && text[0] == '-';
        var digits = negative ? text[1..] : text;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return text.IsEmpty
                ? "The quantity is empty. Write digits only, for example 12."
                : $"'{MessageText.Escape(text)}' is not a whole number. Write digits only, for example 12.";
        }

        digits = digits.TrimStart((byte)'0');
        if (digits.Length > DigitsMax)
            return EventRules.OverQuantityMax(MessageText.Escape(text));
        foreach (var digit in digits)
            quantity = quantity * 10 + (digit - '0');
        if (negative)
            quantity = -quantity;
        return EventRules.CheckQuantity(quantity);
    }
}
