using System.Text.Json;
using System.Text.Json.Serialization;

namespace Settlement.Closing;

/// <summary>What a chunk of the first step sums, as text that the chunk keeps.</summary>
/// <param name="Source">The source; null for the library's own table.</param>
/// <param name="Bounds">The bounds that the store planned; null for adjustments, restated items and quarantined usage.</param>
internal sealed record SumChunk(string? Source, string? Bounds)
{
    /// <summary>The chunk with adjustments, restated items and quarantined usage.</summary>
    public static SumChunk Carried { get; } = new(null, null);

    public static SumChunk Parse(string text) => JsonSerializer.Deserialize(text, SumChunkJson.Default.SumChunk)!;

    public override string ToString() => JsonSerializer.Serialize(this, SumChunkJson.Default.SumChunk);
}

[JsonSerializable(typeof(SumChunk))]
internal sealed partial class SumChunkJson : JsonSerializerContext;
