namespace Settlements;

/// <summary>Parses a quantity: <c>-?[0-9]+</c>, without plus sign, spaces, separators, exponent or decimals.</summary>
internal static class QuantityText
{
    // The limit, 10^12, has 13 digits: a number with more, without leading zeros, exceeds it and may not fit into a long.
    private const int DigitsMax = 13;

    /// <returns><see langword="null"/>, or the reason for the rejection.</returns>
    public static string? Read(ReadOnlySpan<byte> text, out long quantity)
    {
        quantity = 0;
        var negative = !text.IsEmpty && text[0] == '-';
        var digits = negative ? text[1..] : text;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return text.IsEmpty
                ? "The quantity is empty. Use an integer, for example 12."
                : $"'{MessageText.Escape(text)}' is not an integer. Use digits only, for example 12.";
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
