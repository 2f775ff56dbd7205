using Settlements.Stores;

namespace Settlements;

/// <summary>How events are loaded. All of it is checked before the first row is read, and all that is wrong is said at once.</summary>
public sealed class UsageLoadOptions
{
    /// <summary>The most events of a chunk: 1,000,000.</summary>
    public const int ChunkRowsMax = EventBatch.CapacityMax;

    /// <summary>The default of <see cref="ChunkRows"/>: 100,000 events.</summary>
    public const int ChunkRowsDefault = 100_000;

    /// <summary>
    /// The most events that one transaction stores: from 1 to <see cref="EventBatch.CapacityMax"/>, by default
    /// <see cref="ChunkRowsDefault"/>. A load holds one chunk of this size more than it has <see cref="Writers"/> in memory, of about 10 MB each
    /// by default with ids of 16 characters.
    /// </summary>
    public int ChunkRows { get; init; } = ChunkRowsDefault;

    /// <summary>
    /// How many chunks are stored at a time, each in a transaction of its own: from 1 to <see cref="WritersMax"/>, by default 1. With several,
    /// chunks may be stored in another order than the rows come in. A server gains from two or more; an SQLite file has one writer anyway.
    /// </summary>
    public int Writers { get; init; } = 1;

    /// <summary>The greatest number of <see cref="Writers"/>: 16.</summary>
    public const int WritersMax = 16;

    /// <summary>
    /// The most rows that may be rejected before the load stops, 0 or more. The default, 0, stops at the first. Rows that are malformed and
    /// rows whose id is known with another content count alike.
    /// </summary>
    public int RejectsMax { get; init; }

    /// <summary>
    /// Is told of each rejected row, once each and in the order of the rows (of a chunk, with several <see cref="Writers"/>), after the chunk that
    /// held the row was stored; never by two writers at a time. A chunk that fails tells of none. What it throws ends the load; the chunk stays stored. <see langword="null"/>, the default, tells nobody.
    /// </summary>
    public Func<RejectedRow, CancellationToken, ValueTask>? OnRejected { get; init; }

    internal LoadLimits Limits => new(ChunkRows, Writers, RejectsMax, OnRejected);

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">At least one is out of its range; the message names each.</exception>
    internal void Validate()
    {
        var wrong = Limits.Validate(ChunkRowsMax, WritersMax).ToList();
        if (wrong.Count > 0)
            throw new ArgumentException("The load options are wrong. " + string.Join(" ", wrong));
    }
}
