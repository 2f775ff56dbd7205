using System.Globalization;
using Settlements.Stores;

namespace Settlements;

/// <summary>The rules for the values of events from any input, with one message for each violation.</summary>
internal static class EventRules
{
    public static bool IsInRange(long microseconds) => SupportedInstants.ContainsMicroseconds(microseconds);

    public static string OutOfRange(string text, long microseconds)
    {
        var last = SupportedInstants.End.AddMicroseconds(-1);
        return microseconds < UnixMicroseconds.From(SupportedInstants.First)
            ? $"'{text}' is before {EventText.Instant(SupportedInstants.First)}, the first instant that business calendars support. "
                + "Correct it."
            : $"'{text}' is after {EventText.Instant(last)}, the last instant that business calendars support. Correct it.";
    }

    /// <summary>
    /// The rejection of an id of all zeros: such an id was probably never set, and all events with it would be duplicates.
    /// </summary>
    public const string EmptyId =
        "The event id is all zeros, like an id that was never set. Give each event a unique id, for example a UUID of version 7.";

    /// <param name="quantity">Units.</param>
    /// <returns><see langword="null"/>, or the reason for the rejection.</returns>
    public static string? CheckQuantity(long quantity) => quantity switch
    {
        0 => "The quantity is 0. Use a quantity other than 0, or omit the row.",
        > UsageEvent.QuantityMax or < -UsageEvent.QuantityMax => OverQuantityMax(quantity.ToString(CultureInfo.InvariantCulture)),
        _ => null,
    };

    public static string OverQuantityMax(string text) => string.Create(
        CultureInfo.InvariantCulture,
        $"The quantity {text} is out of range. Use -{UsageEvent.QuantityMax} to {UsageEvent.QuantityMax}, or split it into several "
        + $"events.");

    /// <param name="utf8">Valid UTF-8.</param>
    /// <returns><see langword="null"/>, or the reason for the rejection.</returns>
    public static string? CheckText(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return EmptyText;
        if (utf8.Length <= UsageEvent.TextLengthMax)
            return null;

        var characters = CodePoints.Count(utf8);
        return characters <= UsageEvent.TextLengthMax ? null : TextTooLong(characters);
    }

    /// <summary>Validates an optional text, which is absent when it is empty.</summary>
    /// <param name="utf8">Valid UTF-8.</param>
    /// <param name="lengthMax">The maximum number of code points.</param>
    /// <returns><see langword="null"/>, or the reason for the rejection.</returns>
    public static string? CheckOptionalText(ReadOnlySpan<byte> utf8, int lengthMax)
    {
        if (utf8.Length <= lengthMax)
            return null;
        var characters = CodePoints.Count(utf8);
        return characters <= lengthMax ? null : OptionalTextTooLong(characters, lengthMax);
    }

    public static string OptionalTextTooLong(int characters, int lengthMax) => string.Create(
        CultureInfo.InvariantCulture,
        $"The text has {characters} characters (Unicode code points), more than the limit of {lengthMax}. Shorten it.");

    public static string EmptyText { get; } =
        FormattableString.Invariant($"The text is empty. Use 1 to {UsageEvent.TextLengthMax} characters.");

    public static string TextTooLong(int characters) => string.Create(
        CultureInfo.InvariantCulture,
        $"The text has {characters} characters (Unicode code points), more than the limit of {UsageEvent.TextLengthMax}. "
        + $"Use a shorter id.");
}
