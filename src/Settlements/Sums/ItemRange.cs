using System.Text.Json;
using System.Text.Json.Serialization;

namespace Settlements;

/// <summary>
/// A half-open range of items in the byte order of meter and id, as text that a chunk keeps: from is in it, to is not, null is unbounded.
/// </summary>
/// <param name="From">Meter and item, or null.</param>
/// <param name="To">Meter and item, or null.</param>
internal sealed record ItemRange(string[]? From, string[]? To)
{
    public static ItemRange Parse(string text) => JsonSerializer.Deserialize(text, ItemRangeJson.Default.ItemRange)!;

    public override string ToString() => JsonSerializer.Serialize(this, ItemRangeJson.Default.ItemRange);
}

[JsonSerializable(typeof(ItemRange))]
internal sealed partial class ItemRangeJson : JsonSerializerContext;
