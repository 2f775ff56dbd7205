using System.Diagnostics.CodeAnalysis;
using Settlements.Pipelines;

namespace Settlements.Stores;

/// <summary>The lease of a chunk.</summary>
[Experimental("SETTLE001")]
public sealed class PipelineLease(PipelineChunk chunk, string owner, long fencingToken)
{
    /// <summary>The chunk.</summary>
    public PipelineChunk Chunk { get; } = chunk;

    /// <summary>The instance that holds the lease, from <see cref="InstanceId.New"/>.</summary>
    public string Owner { get; } = owner;

    /// <summary>The fencing token, which increases with each lease of the chunk. A write with an older token is rejected.</summary>
    public long FencingToken { get; } = fencingToken;
}
