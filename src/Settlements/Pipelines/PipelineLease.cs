namespace Settlements.Pipelines;

/// <summary>A chunk that a worker holds.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="Owner">Who holds it.</param>
/// <param name="FencingToken">Grows whenever the chunk changes hands: a write with an older fencing token is refused.</param>
public sealed record PipelineLease(PipelineChunk Chunk, string Owner, long FencingToken);
