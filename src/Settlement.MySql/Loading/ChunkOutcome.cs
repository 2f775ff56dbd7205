using Settlement.Loading;

namespace Settlement.MySql.Loading;

/// <summary>What became of a chunk's rows.</summary>
internal sealed class ChunkOutcome
{
    public long Stored { get; set; }

    public long Skipped { get; set; }

    /// <summary>Whether it was committed before, or by another process.</summary>
    public bool IsResumed { get; init; }

    /// <summary>Rows rejected when it was committed, where that was not now.</summary>
    public long RejectedBefore { get; init; }

    /// <summary>These rows, as they were recorded; empty where nobody is told of them.</summary>
    public IReadOnlyList<RejectedRow> Recorded { get; init; } = [];

    /// <summary>Rows rejected now, in their order.</summary>
    public List<RejectedRow> Rejected { get; } = [];
}
