using System.Text.Json;
using System.Text.Json.Serialization;
using Settlements.Stores;

namespace Settlements;

/// <summary>The input of a chunk of the first step.</summary>
/// <param name="Source">The source's name.</param>
/// <param name="Slice">
/// A slice of the source; null for adjustments, restated items and quarantined usage, which do not come from a source.
/// </param>
internal sealed record SumChunk(string Source, SourceSlice? Slice)
{
    /// <summary>The chunk of adjustments, restated items and quarantined usage.</summary>
    public static SumChunk Carried { get; } = new(IUsageSource.EventTableName, null);

    public static SumChunk Parse(string text)
    {
        var read = JsonSerializer.Deserialize(text, SumChunkJson.Default.SumChunkText)!;
        return read.Bounds is { } bounds ? new SumChunk(read.Source ?? IUsageSource.EventTableName, SourceSlice.Parse(bounds)) : Carried;
    }

    /// <summary>Returns the text that is stored in the checkpoint of the chunk.</summary>
    public override string ToString() => JsonSerializer.Serialize(
        new SumChunkText(Source == IUsageSource.EventTableName ? null : Source, Slice?.ToString()), SumChunkJson.Default.SumChunkText);
}

/// <summary>The JSON form of a chunk in its checkpoint.</summary>
/// <param name="Source">The name of the source; omitted for the library's event table.</param>
/// <param name="Bounds">The text of the slice; null for usage that does not come from a source.</param>
internal sealed record SumChunkText(string? Source, string? Bounds);

[JsonSerializable(typeof(SumChunkText))]
internal sealed partial class SumChunkJson : JsonSerializerContext;
