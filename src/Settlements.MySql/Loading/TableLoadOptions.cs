namespace Settlements.MySql;

/// <summary>
/// Options of a table load. They are validated before the first row is read, and all validation errors are reported at once.
/// </summary>
public sealed class TableLoadOptions
{
    /// <summary>The maximum of <see cref="ChunkRows"/>: 60,000, so that the server can list every row's warning.</summary>
    public const int ChunkRowsMax = 60_000;

    /// <summary>The default of <see cref="ChunkRows"/>: 50,000.</summary>
    public const int ChunkRowsDefault = 50_000;

    /// <summary>The maximum of <see cref="Writers"/>: 16.</summary>
    public const int WritersMax = 16;

    /// <summary>
    /// The load's key, by which it can be resumed: each chunk is recorded in the same transaction as its rows, and a load with the same key
    /// skips the recorded chunks. The source must return the same rows in the same order; otherwise the load fails. 1 to 64 characters.
    /// <see langword="null"/>, the default, records nothing: a restarted load starts from the beginning.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>
    /// The maximum rows of a transaction: 1 to <see cref="ChunkRowsMax"/>; default 50,000. A load has one chunk per writer and one more in
    /// memory.
    /// </summary>
    public int ChunkRows { get; init; } = ChunkRowsDefault;

    /// <summary>
    /// The number of chunks stored concurrently, each in a separate transaction: 1 to <see cref="WritersMax"/>; default 1.
    /// </summary>
    public int Writers { get; init; } = 1;

    /// <summary>The handling of a row whose key exists; by default it is rejected.</summary>
    public OnConflict OnConflict { get; init; }

    /// <summary>
    /// The maximum number of rejected rows before the load stops, 0 or more. The default, 0, stops at the first. For a load with a
    /// <see cref="Key"/> the limit applies to all its starts together.
    /// </summary>
    public int RejectsMax { get; init; }

    /// <summary>
    /// Called for each rejected row before its chunk is committed, never concurrently. An exception ends the load, and nothing of the chunk
    /// is stored. If a chunk is retried, for example after a lost connection, its rows are reported again. A restarted load with a
    /// <see cref="Key"/> also reports the rows that earlier starts rejected, so that the last start reports all.
    /// </summary>
    public Func<RejectedRow, CancellationToken, ValueTask>? OnRejected { get; init; }

    /// <summary>
    /// The partition that the load fills: rows are loaded into a staging table without secondary indexes, which are created after the last
    /// row; then it replaces the partition atomically (<c>EXCHANGE PARTITION</c>). The partition must be empty, and <see cref="Key"/> is
    /// required. <see langword="null"/>, the default, loads into the table itself.
    /// </summary>
    public string? Partition { get; init; }

    internal LoadLimits Limits => new(ChunkRows, Writers, RejectsMax, OnRejected);

    internal void Validate()
    {
        var errors = new List<string>();
        if (Key is not null && CodePoints.Count(Key) is < 1 or > 64)
            errors.Add(FormattableString.Invariant($"Key has {CodePoints.Count(Key!)} characters; use 1 to 64."));
        errors.AddRange(Limits.Validate(ChunkRowsMax, WritersMax));
        if (Partition is not null && Key is null)
            errors.Add("Partition is set and Key is not; set a Key, so that an interrupted load can be resumed.");
        if (errors.Count > 0)
            throw new ArgumentException("The load options are invalid. " + string.Join(" ", errors));
    }
}
