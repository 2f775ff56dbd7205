using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Settlements.Stores;

/// <summary>The type of a <see cref="SliceValue"/>, in the order of the letters of its tagged text.</summary>
internal enum SliceValueKind
{
    /// <summary>A signed 64-bit integer.</summary>
    Number,

    /// <summary>An unsigned 64-bit integer.</summary>
    UnsignedNumber,

    /// <summary>An instant, UTC, to the microsecond.</summary>
    Instant,

    /// <summary>Text.</summary>
    Text,

    /// <summary>Bytes.</summary>
    Bytes,
}

/// <summary>A value of the key of a <see cref="SourceSlice"/>. Immutable; compared by type and text.</summary>
[Experimental("SETTLE001")]
public readonly record struct SliceValue
{
    private const string Tags = "iudtx";

    private const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff";

    private readonly string? _text;

    private SliceValue(SliceValueKind kind, string text)
    {
        Kind = kind;
        _text = text;
    }

    /// <summary>Gets the type.</summary>
    internal SliceValueKind Kind { get; }

    /// <summary>
    /// Gets the value: a <see cref="long"/>, <see cref="ulong"/>, <see cref="DateTimeOffset"/>, <see cref="string"/> or byte array.
    /// </summary>
    public object Value => Kind switch
    {
        SliceValueKind.Number => long.Parse(_text ?? "0", NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
        SliceValueKind.UnsignedNumber => ulong.Parse(_text!, NumberStyles.None, CultureInfo.InvariantCulture),
        SliceValueKind.Instant => DateTimeOffset.Parse(
            _text!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
        SliceValueKind.Bytes => Convert.FromHexString(_text!),
        _ => _text!,
    };

    /// <summary>Creates a value from a signed integer.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The value.</returns>
    public static SliceValue Of(long value) => new(SliceValueKind.Number, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Creates a value from an unsigned integer.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The value.</returns>
    public static SliceValue Of(ulong value) => new(SliceValueKind.UnsignedNumber, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Creates a value from an instant.</summary>
    /// <param name="value">The instant; truncated to the microsecond.</param>
    /// <returns>The value.</returns>
    public static SliceValue Of(DateTimeOffset value) =>
        new(SliceValueKind.Instant, value.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture));

    /// <summary>Creates a value from a text.</summary>
    /// <param name="value">A text in well-formed UTF-16.</param>
    /// <returns>The value.</returns>
    public static SliceValue Of(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new SliceValue(SliceValueKind.Text, value);
    }

    /// <summary>Creates a value from bytes.</summary>
    /// <param name="value">The bytes; copied.</param>
    /// <returns>The value.</returns>
    public static SliceValue Of(ReadOnlySpan<byte> value) => new(SliceValueKind.Bytes, Convert.ToHexStringLower(value));

    /// <summary>Parses a text from <see cref="ToTaggedText"/>.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The value.</returns>
    /// <exception cref="FormatException">The text is not a tagged value.</exception>
    internal static SliceValue ParseTagged(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var kind = text.Length == 0 ? -1 : Tags.IndexOf(text[0], StringComparison.Ordinal);
        if (kind < 0)
        {
            throw new FormatException(
                $"'{text}' is not a value of a slice key: it must start with one of the letters {Tags}. "
                + "Restore the checkpoint, or abandon the run.");
        }

        var value = new SliceValue((SliceValueKind)kind, text[1..]);
        _ = value.Value;
        return value;
    }

    /// <summary>
    /// Returns the type and the value in the format of checkpoints: <c>i42</c>, <c>u42</c>, <c>d2024-07-01T00:00:00.000000</c>,
    /// <c>tabc</c>, <c>x00ff</c>.
    /// </summary>
    /// <returns>The letter of the type, followed by the text of the value.</returns>
    internal string ToTaggedText() => Tags[(int)Kind] + ToString();

    /// <summary>Returns the text of the value, independent of the current culture.</summary>
    /// <returns>For example <c>42</c>.</returns>
    public override string ToString() => _text ?? "0";
}
