using System.Text.Json;
using System.Text.Json.Serialization;

namespace Settlements;

/// <summary>
/// A half-open range of items in the byte order of meter and id, with a text form for the bounds of a chunk.
/// </summary>
/// <param name="From">The first meter and item, included; null for no lower bound.</param>
/// <param name="To">The end meter and item, excluded; null for no upper bound.</param>
internal sealed record ItemRange(string[]? From, string[]? To)
{
    public static ItemRange Parse(string text) => JsonSerializer.Deserialize(text, ItemRangeJson.Default.ItemRange)!;

    public override string ToString() => JsonSerializer.Serialize(this, ItemRangeJson.Default.ItemRange);
}

[JsonSerializable(typeof(ItemRange))]
internal sealed partial class ItemRangeJson : JsonSerializerContext;
