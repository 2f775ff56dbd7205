namespace Settlements.MySql;

/// <summary>How rows are loaded into a table. All of it is checked before the first row is read, and all that is wrong is said at once.</summary>
public sealed class TableLoadOptions
{
    /// <summary>The greatest <see cref="ChunkRows"/>: 60,000, so that the server can list every row's warning.</summary>
    public const int ChunkRowsMax = 60_000;

    /// <summary>The default of <see cref="ChunkRows"/>: 50,000.</summary>
    public const int ChunkRowsDefault = 50_000;

    /// <summary>The greatest number of <see cref="Writers"/>: 16.</summary>
    public const int WritersMax = 16;

    /// <summary>
    /// Names the load, so that it can be gone on with: each chunk is recorded in the same transaction as its rows, and a load of the same key
    /// passes over the chunks that are recorded. The source has to give the same rows in the same order again; when it doesn't, that is an
    /// error. 1 to 64 characters. <see langword="null"/>, the default, records nothing: a load that is started again starts from the beginning.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>The most rows of a transaction: 1 to <see cref="ChunkRowsMax"/>. A load holds one chunk more than it has writers in memory.</summary>
    public int ChunkRows { get; init; } = ChunkRowsDefault;

    /// <summary>How many chunks are stored at a time, each in a transaction of its own: 1 to <see cref="WritersMax"/>, by default 1.</summary>
    public int Writers { get; init; } = 1;

    /// <summary>What happens to a row whose key is there already; by default it is rejected.</summary>
    public OnConflict OnConflict { get; init; }

    /// <summary>
    /// The most rows that may be rejected before the load stops, 0 or more. The default, 0, stops at the first. Of a load with a
    /// <see cref="Key"/> it is the limit of the whole load, however often it is started.
    /// </summary>
    public int RejectsMax { get; init; }

    /// <summary>
    /// Is told of each rejected row just before its chunk is committed, and never by two writers at a time. What it throws ends the load, and
    /// nothing of the chunk is stored; a chunk that is done again, after a lost connection too, tells its rows again. A load with a
    /// <see cref="Key"/> that is started again tells of the rows that its earlier starts rejected too, so that the last start has told of all.
    /// </summary>
    public Func<RejectedRow, CancellationToken, ValueTask>? OnRejected { get; init; }

    /// <summary>
    /// A partition of the table that the load fills: rows go to a table of their own without secondary indexes, which are added when all rows are
    /// there, and then take the partition's place at one instant (<c>EXCHANGE PARTITION</c>). The partition has to be empty, and
    /// <see cref="Key"/> to be given. <see langword="null"/>, the default, loads into the table itself.
    /// </summary>
    public string? Partition { get; init; }

    internal LoadLimits Limits => new(ChunkRows, Writers, RejectsMax, OnRejected);

    internal void Validate()
    {
        var wrong = new List<string>();
        if (Key is not null && CodePoints.Count(Key) is < 1 or > 64)
            wrong.Add(FormattableString.Invariant($"Key has {CodePoints.Count(Key!)} characters; give it 1 to 64."));
        wrong.AddRange(Limits.Validate(ChunkRowsMax, WritersMax));
        if (Partition is not null && Key is null)
            wrong.Add("Partition is given and Key is not; give a Key, so that a load that is cut off can be gone on with.");
        if (wrong.Count > 0)
            throw new ArgumentException("The load options are wrong. " + string.Join(" ", wrong));
    }
}
