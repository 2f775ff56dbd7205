using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;

namespace Settlement.MySql.Connections;

/// <summary>
/// A half-open range of items in the byte order of meter and id, as text that a chunk keeps: from is in it, to is not, null is unbounded.
/// </summary>
/// <param name="From">Meter and item, or null.</param>
/// <param name="To">Meter and item, or null.</param>
/// <param name="Partials">About how many partial totals it holds.</param>
internal sealed record ItemRange(string[]? From, string[]? To, long Partials)
{
    public static ItemRange Parse(string text) => JsonSerializer.Deserialize(text, ItemRangeJson.Default.ItemRange)!;

    public override string ToString() => JsonSerializer.Serialize(this, ItemRangeJson.Default.ItemRange);

    /// <summary>The condition as a union of ranges of the key, which the server finds by the key; with its parameters.</summary>
    public string Condition(DynamicParameters parameters, string alias = "")
    {
        parameters.Add("meter1", From?[0]);
        parameters.Add("item1", From?[1]);
        parameters.Add("meter2", To?[0]);
        parameters.Add("item2", To?[1]);
        var (meter, item) = ($"{alias}meter", $"{alias}item_id");
        return (From, To) switch
        {
            (null, null) => "1 = 1",
            (null, not null) => $"({meter} < @meter2 OR ({meter} = @meter2 AND {item} < @item2))",
            (not null, null) => $"(({meter} = @meter1 AND {item} >= @item1) OR {meter} > @meter1)",
            _ when From[0] == To[0] => $"{meter} = @meter1 AND {item} >= @item1 AND {item} < @item2",
            _ => $"(({meter} = @meter1 AND {item} >= @item1) OR ({meter} > @meter1 AND {meter} < @meter2) OR ({meter} = @meter2 AND {item} < @item2))",
        };
    }
}

[JsonSerializable(typeof(ItemRange))]
internal sealed partial class ItemRangeJson : JsonSerializerContext;
