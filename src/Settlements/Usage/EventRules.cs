using System.Globalization;
using Settlements.Stores;

namespace Settlements;

/// <summary>What an event's values must be, however they come; with one wording for each way to break a rule.</summary>
internal static class EventRules
{
    public static bool IsInRange(long microseconds) => SupportedInstants.ContainsMicroseconds(microseconds);

    public static string OutOfRange(string shown, long microseconds) => microseconds < UnixMicroseconds.From(SupportedInstants.First)
        ? $"'{shown}' is before {EventText.Instant(SupportedInstants.First)}, the first instant that business calendars support."
        : $"'{shown}' is after {EventText.Instant(SupportedInstants.End.AddMicroseconds(-1))}, the last instant that business calendars support.";

    /// <summary>Why an id of nothing but zeros is refused: it is what a forgotten id looks like, and all such events would be one.</summary>
    public const string EmptyId = "The event's id is all zeros, as of an id that was never set. Give each event an id of its own, for example a UUID of version 7.";

    /// <param name="quantity">Units.</param>
    /// <returns><see langword="null"/>, or the reason why it is refused.</returns>
    public static string? RefuseQuantity(long quantity) => quantity switch
    {
        0 => "The quantity is 0, which counts nothing. Write a quantity other than 0, or leave the row out.",
        > UsageEvent.QuantityMax or < -UsageEvent.QuantityMax => OverQuantityMax(quantity.ToString(CultureInfo.InvariantCulture)),
        _ => null,
    };

    public static string OverQuantityMax(string shown) => string.Create(
        CultureInfo.InvariantCulture,
        $"{shown} is out of range: a quantity goes from -{UsageEvent.QuantityMax} to {UsageEvent.QuantityMax}. Split it into several events.");

    /// <param name="utf8">Valid UTF-8.</param>
    /// <returns><see langword="null"/>, or the reason why it is refused.</returns>
    public static string? RefuseText(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return EmptyText;
        if (utf8.Length <= UsageEvent.TextLengthMax)
            return null;

        var characters = CodePoints.Count(utf8);
        return characters <= UsageEvent.TextLengthMax ? null : TextTooLong(characters);
    }

    /// <summary>An optional text, absent when it is empty.</summary>
    /// <param name="utf8">Valid UTF-8.</param>
    /// <param name="lengthMax">The most code points.</param>
    /// <returns><see langword="null"/>, or the reason why it is refused.</returns>
    public static string? RefuseNote(ReadOnlySpan<byte> utf8, int lengthMax)
    {
        if (utf8.Length <= lengthMax)
            return null;
        var characters = CodePoints.Count(utf8);
        return characters <= lengthMax ? null : NoteTooLong(characters, lengthMax);
    }

    public static string NoteTooLong(int characters, int lengthMax) => string.Create(
        CultureInfo.InvariantCulture,
        $"The text has {characters} characters (Unicode code points), more than the limit of {lengthMax}. Shorten it.");

    public static string EmptyText { get; } = FormattableString.Invariant($"The text is empty. Write 1 to {UsageEvent.TextLengthMax} characters.");

    public static string TextTooLong(int characters) => string.Create(
        CultureInfo.InvariantCulture,
        $"The text has {characters} characters (Unicode code points), more than the limit of {UsageEvent.TextLengthMax}. Use a shorter id.");
}
