namespace Settlements.Pipelines;

/// <summary>The lease of a chunk.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="Owner">The instance that holds the lease, from <see cref="InstanceId.New"/>.</param>
/// <param name="FencingToken">
/// The fencing token, which increases with each lease of the chunk. A write with an older token is rejected.
/// </param>
public sealed record PipelineLease(PipelineChunk Chunk, string Owner, long FencingToken);
