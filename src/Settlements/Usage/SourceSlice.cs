using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using System.Text.Json;

namespace Settlements.Stores;

/// <summary>
/// A part of a business day of a usage source: a half-open range of a key. The source selects the key: the clustering key of a table, the
/// instant, or a hash of the item. Immutable.
/// </summary>
/// <param name="From">
/// The lower bound, included; null for none. It may have fewer values than the key; the remaining ones are then unbounded.
/// </param>
/// <param name="To">The upper bound, excluded; null for none.</param>
/// <param name="IsLate">
/// Whether the range contains late rows, which are posted to this day because their usage date was closing or published; otherwise it
/// contains rows that arrived on time. Only the library's event table has late rows.
/// </param>
[Experimental("SETTLE001")]
public sealed record SourceSlice(IReadOnlyList<SliceValue>? From, IReadOnlyList<SliceValue>? To, bool IsLate = false)
{
    /// <summary>Parses the text that a checkpoint stores.</summary>
    /// <param name="text">A text of <see cref="ToString"/>.</param>
    /// <returns>The slice.</returns>
    /// <exception cref="FormatException">The text is not a slice.</exception>
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
            throw new FormatException(
                $"'{text}' is not a slice: it must be a JSON object with From, To and Late. Restore the checkpoint, or abandon the "
                + $"run.", e);
        }
    }

    /// <summary>Returns the slice as text, independent of the current culture: the format of checkpoints.</summary>
    /// <returns>
    /// For example <c>{"From":["i42"],"To":null,"Late":false}</c>; a value is the letter of its type followed by its text: <c>i42</c>,
    /// <c>u42</c>, <c>d2024-07-01T00:00:00.000000</c>, <c>tabc</c>, <c>x00ff</c>.
    /// </returns>
    public override string ToString() =>
        JsonSerializer.Serialize(new SourceSliceText(Texts(From), Texts(To), IsLate), SourceSliceJson.Default.SourceSliceText);

    /// <summary>Returns whether another slice has the same bounds.</summary>
    /// <param name="other">The other slice, or null.</param>
    /// <returns><see langword="true"/> when the bounds are equal.</returns>
    public bool Equals(SourceSlice? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc />
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    private static string[]? Texts(IReadOnlyList<SliceValue>? values) => values is null ? null : [.. values.Select(v => v.ToTaggedText())];

    private static SliceValue[]? Values(string[]? texts) => texts is null ? null : [.. texts.Select(SliceValue.ParseTagged)];
}

/// <summary>The JSON form of a slice in a checkpoint.</summary>
internal sealed record SourceSliceText(string[]? From, string[]? To, bool Late = false);

[JsonSerializable(typeof(SourceSliceText))]
internal sealed partial class SourceSliceJson : JsonSerializerContext;
