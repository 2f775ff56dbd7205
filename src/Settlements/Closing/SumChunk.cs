using System.Text.Json;
using System.Text.Json.Serialization;
using Settlements.Stores;

namespace Settlements;

/// <summary>What a chunk of the first step sums.</summary>
/// <param name="Source">The source's name.</param>
/// <param name="Slice">
/// The slice that the source cut; null for adjustments, restated items and quarantined usage, which no source has.
/// </param>
internal sealed record SumChunk(string Source, SourceSlice? Slice)
{
    /// <summary>The chunk with adjustments, restated items and quarantined usage.</summary>
    public static SumChunk Carried { get; } = new(IUsageSource.EventTableName, null);

    public static SumChunk Parse(string text)
    {
        var read = JsonSerializer.Deserialize(text, SumChunkJson.Default.SumChunkText)!;
        return read.Bounds is { } bounds ? new SumChunk(read.Source ?? IUsageSource.EventTableName, SourceSlice.Parse(bounds)) : Carried;
    }

    /// <summary>The text that the chunk's checkpoint keeps.</summary>
    public override string ToString() => JsonSerializer.Serialize(
        new SumChunkText(Source == IUsageSource.EventTableName ? null : Source, Slice?.ToString()), SumChunkJson.Default.SumChunkText);
}

/// <summary>The form of a chunk in its checkpoint.</summary>
/// <param name="Source">The source's name; left out for the library's own event table, whatever it is called.</param>
/// <param name="Bounds">The slice's text; null for what no source has.</param>
internal sealed record SumChunkText(string? Source, string? Bounds);

[JsonSerializable(typeof(SumChunkText))]
internal sealed partial class SumChunkJson : JsonSerializerContext;
