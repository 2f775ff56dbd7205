using System.Globalization;
using Settlement.BillableEvents;

namespace Settlement.Loading;

/// <summary>How events are loaded. All of it is checked before the first row is read, and all that is wrong is said at once.</summary>
public sealed class LoadOptions
{
    /// <summary>The default of <see cref="ChunkRows"/>: 100,000 events.</summary>
    public const int ChunkRowsDefault = 100_000;

    /// <summary>
    /// The most events that one transaction stores: from 1 to <see cref="EventBatch.CapacityMax"/>, by default
    /// <see cref="ChunkRowsDefault"/>. A load holds two chunks of this size in memory, about 20 MB by default with ids of 16 characters.
    /// </summary>
    public int ChunkRows { get; init; } = ChunkRowsDefault;

    /// <summary>
    /// The most rows that may be rejected before the load stops, 0 or more. The default, 0, stops at the first. Rows that are malformed and
    /// rows whose id is known with another content count alike.
    /// </summary>
    public int RejectsMax { get; init; }

    /// <summary>
    /// Is told of each rejected row, in the order of the rows and once each, after the chunk that held the row was stored. A chunk that
    /// fails tells of none. What it throws ends the load; the chunk stays stored. <see langword="null"/>, the default, tells nobody.
    /// </summary>
    public Func<RejectedRow, CancellationToken, ValueTask>? OnRejected { get; init; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">At least one is out of its range; the message names each.</exception>
    internal void Validate()
    {
        var wrong = new List<string>();
        if (ChunkRows is < 1 or > EventBatch.CapacityMax)
            wrong.Add(string.Create(CultureInfo.InvariantCulture, $"ChunkRows is {ChunkRows}; set it from 1 to {EventBatch.CapacityMax}."));
        if (RejectsMax < 0)
        {
            wrong.Add(string.Create(
                CultureInfo.InvariantCulture, $"RejectsMax is {RejectsMax}; set it to 0 (stop at the first rejected row) or more."));
        }

        if (wrong.Count > 0)
            throw new ArgumentException("The load options are wrong. " + string.Join(" ", wrong));
    }
}
