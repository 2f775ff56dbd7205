namespace Settlements.Pipelines;

/// <summary>How far a step is.</summary>
/// <param name="ChunksTotal">Chunks planned.</param>
/// <param name="ChunksDone">Chunks done.</param>
public sealed record StepState(int ChunksTotal, int ChunksDone);
