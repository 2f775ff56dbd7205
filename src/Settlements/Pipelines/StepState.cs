namespace Settlements.Pipelines;

/// <summary>The progress of a step.</summary>
/// <param name="ChunksTotal">The number of planned chunks.</param>
/// <param name="ChunksDone">The number of completed chunks.</param>
public sealed record StepState(int ChunksTotal, int ChunksDone);
