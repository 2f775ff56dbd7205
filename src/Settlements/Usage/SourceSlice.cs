using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using System.Text.Json;

namespace Settlements.Stores;

/// <summary>
/// A part of a business day of a usage source: a half-open range of a key. The source chooses the key: a table's clustering key, the
/// instant, or a hash of the item. Immutable.
/// </summary>
/// <param name="From">
/// The key's first values, included; null for no lower bound. It may have fewer values than the key: then those that follow are unbounded.
/// </param>
/// <param name="To">The key's values at which the range ends, excluded; null for no upper bound.</param>
/// <param name="IsLate">
/// Whether the range is of rows that arrived after their own day was closed, and are posted to this one; else of those that arrived on
/// time. Only the library's own event table has late rows.
/// </param>
[Experimental("SETTLE001")]
public sealed record SourceSlice(IReadOnlyList<SliceValue>? From, IReadOnlyList<SliceValue>? To, bool IsLate = false)
{
    /// <summary>Reads the text that a checkpoint keeps.</summary>
    /// <param name="text">A text of <see cref="ToString"/>.</param>
    /// <returns>The slice.</returns>
    /// <exception cref="FormatException">The text is none.</exception>
    public static SourceSlice Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            var read = JsonSerializer.Deserialize(text, SourceSliceJson.Default.SourceSliceText)!;
            return new SourceSlice(Values(read.From), Values(read.To), read.Late);
        }
        catch (JsonException e)
        {
            throw new FormatException($"The text of a slice is no JSON object of From, To and Late: {text}", e);
        }
    }

    /// <summary>The slice as text, whatever the current culture: the one form that is kept.</summary>
    /// <returns>
    /// For example <c>{"From":["i42"],"To":null,"Late":false}</c>; a value is the letter of its type and its text: <c>i42</c>, <c>u42</c>,
    /// <c>d2024-07-01T00:00:00.000000</c>, <c>tabc</c>, <c>x00ff</c>.
    /// </returns>
    public override string ToString() =>
        JsonSerializer.Serialize(new SourceSliceText(Texts(From), Texts(To), IsLate), SourceSliceJson.Default.SourceSliceText);

    /// <summary>Whether the other has the same bounds.</summary>
    /// <param name="other">A slice or null.</param>
    /// <returns>True when it has.</returns>
    public bool Equals(SourceSlice? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc />
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    private static string[]? Texts(IReadOnlyList<SliceValue>? values) => values is null ? null : [.. values.Select(v => v.ToTaggedText())];

    private static SliceValue[]? Values(string[]? texts) => texts is null ? null : [.. texts.Select(SliceValue.ParseTagged)];
}

/// <summary>The form of a slice in a checkpoint.</summary>
internal sealed record SourceSliceText(string[]? From, string[]? To, bool Late = false);

[JsonSerializable(typeof(SourceSliceText))]
internal sealed partial class SourceSliceJson : JsonSerializerContext;
