namespace Settlement.Pipelines;

/// <summary>A chunk that a worker holds.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="Owner">Who holds it.</param>
/// <param name="Epoch">Grows whenever the chunk changes hands: a write with an older epoch is refused.</param>
public sealed record Claim(Chunk Chunk, string Owner, long Epoch);
