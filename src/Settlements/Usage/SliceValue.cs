using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Settlements.Stores;

/// <summary>The type of a <see cref="SliceValue"/>, in the order of its letters.</summary>
internal enum SliceValueKind
{
    /// <summary>A whole number of 64 bits.</summary>
    Number,

    /// <summary>A whole number of 64 bits without a sign.</summary>
    UnsignedNumber,

    /// <summary>An instant, UTC, to the microsecond.</summary>
    Instant,

    /// <summary>Text.</summary>
    Text,

    /// <summary>Bytes.</summary>
    Bytes,
}

/// <summary>A value of a <see cref="SourceSlice"/>'s key. Immutable; compared by type and text.</summary>
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

    /// <summary>The type.</summary>
    internal SliceValueKind Kind { get; }

    /// <summary>
    /// The value: a <see cref="long"/>, <see cref="ulong"/>, <see cref="DateTimeOffset"/>, <see cref="string"/> or array of bytes.
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

    /// <summary>A whole number.</summary>
    /// <param name="value">Any.</param>
    /// <returns>The value.</returns>
    public static SliceValue Of(long value) => new(SliceValueKind.Number, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A whole number without a sign.</summary>
    /// <param name="value">Any.</param>
    /// <returns>The value.</returns>
    public static SliceValue Of(ulong value) => new(SliceValueKind.UnsignedNumber, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>An instant.</summary>
    /// <param name="value">Any; cut to the microsecond.</param>
    /// <returns>The value.</returns>
    public static SliceValue Of(DateTimeOffset value) =>
        new(SliceValueKind.Instant, value.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture));

    /// <summary>A text.</summary>
    /// <param name="value">Any, in well-formed UTF-16.</param>
    /// <returns>The value.</returns>
    public static SliceValue Of(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new SliceValue(SliceValueKind.Text, value);
    }

    /// <summary>Bytes.</summary>
    /// <param name="value">Any; copied.</param>
    /// <returns>The value.</returns>
    public static SliceValue Of(ReadOnlySpan<byte> value) => new(SliceValueKind.Bytes, Convert.ToHexStringLower(value));

    /// <summary>Reads a text of <see cref="ToTaggedText"/>.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The value.</returns>
    /// <exception cref="FormatException">The text is none.</exception>
    internal static SliceValue ParseTagged(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var kind = text.Length == 0 ? -1 : Tags.IndexOf(text[0], StringComparison.Ordinal);
        if (kind < 0)
            throw new FormatException($"'{text}' is no value of a slice's key; it has to begin with one of the letters {Tags}.");
        var value = new SliceValue((SliceValueKind)kind, text[1..]);
        _ = value.Value;
        return value;
    }

    /// <summary>
    /// The value and its type, as a checkpoint keeps it: <c>i42</c>, <c>u42</c>, <c>d2024-07-01T00:00:00.000000</c>, <c>tabc</c>,
    /// <c>x00ff</c>.
    /// </summary>
    /// <returns>The type's letter and the value's text.</returns>
    internal string ToTaggedText() => Tags[(int)Kind] + ToString();

    /// <summary>The value's text, whatever the current culture.</summary>
    /// <returns>For example <c>42</c>.</returns>
    public override string ToString() => _text ?? "0";
}
