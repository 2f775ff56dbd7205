using Settlement.Loading;

namespace Settlement.MySql.Loading;

/// <summary>What became of a chunk's rows.</summary>
internal sealed class ChunkOutcome
{
    public long Stored { get; set; }

    public long Skipped { get; set; }

    /// <summary>Whether it was committed before, or by another process: then only how many rows were rejected is known.</summary>
    public bool IsResumed { get; init; }

    /// <summary>Rows rejected when it was committed, where that was not now.</summary>
    public long RejectedBefore { get; init; }

    /// <summary>In the order of the rows.</summary>
    public List<RejectedRow> Rejected { get; } = [];
}
