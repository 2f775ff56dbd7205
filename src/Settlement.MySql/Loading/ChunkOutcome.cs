using Settlement.Loading;

namespace Settlement.MySql.Loading;

/// <summary>What became of a chunk's rows.</summary>
internal sealed class ChunkOutcome
{
    public long Stored { get; set; }

    public long Skipped { get; set; }

    /// <summary>In the order of the rows.</summary>
    public List<RejectedRow> Rejected { get; } = [];
}
