using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The options of a load of events. All options are validated before the first row is read, and all errors are reported together.
/// </summary>
public sealed class UsageLoadOptions
{
    /// <summary>The maximum of <see cref="ChunkRows"/>: 1,000,000 events.</summary>
    public const int ChunkRowsMax = EventBatch.CapacityMax;

    /// <summary>The default of <see cref="ChunkRows"/>: 100,000 events.</summary>
    public const int ChunkRowsDefault = 100_000;

    /// <summary>
    /// Gets the maximum number of events of a transaction, from 1 to <see cref="EventBatch.CapacityMax"/>; default
    /// <see cref="ChunkRowsDefault"/>. A load has one chunk more than <see cref="Writers"/> in memory, of about 10 MB each by default
    /// with ids of 16 characters.
    /// </summary>
    public int ChunkRows { get; init; } = ChunkRowsDefault;

    /// <summary>
    /// Gets how many chunks are stored concurrently, each in its own transaction, from 1 to <see cref="WritersMax"/>; default 1. With
    /// several writers, chunks may be stored in a different order from that of the rows. Two or more are faster on a server; an SQLite
    /// file has a single writer.
    /// </summary>
    public int Writers { get; init; } = 1;

    /// <summary>The maximum of <see cref="Writers"/>: 16.</summary>
    public const int WritersMax = 16;

    /// <summary>
    /// Gets the maximum number of rejected rows before the load stops, 0 or more. The default, 0, stops at the first one. It includes
    /// malformed rows, rows that are not accepted, and rows whose id is already stored with different content.
    /// </summary>
    public int RejectsMax { get; init; }

    /// <summary>
    /// Gets the callback for rejected rows. It receives each row once, in the order of the rows (within a chunk, with several
    /// <see cref="Writers"/>), after the chunk of the row was stored, and never concurrently. Rows of a failed chunk are not reported. An
    /// exception of the callback ends the load; the chunk remains stored. The default is <see langword="null"/>.
    /// </summary>
    public Func<RejectedRow, CancellationToken, ValueTask>? OnRejected { get; init; }

    internal LoadLimits Limits => new(ChunkRows, Writers, RejectsMax, OnRejected);

    /// <summary>Validates every option.</summary>
    /// <exception cref="ArgumentException">An option is out of its range. The message lists all errors.</exception>
    internal void Validate()
    {
        var errors = Limits.Validate(ChunkRowsMax, WritersMax).ToList();
        if (errors.Count > 0)
            throw new ArgumentException("The load options are invalid. " + string.Join(" ", errors));
    }
}
