using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>
/// The primary's positions by time: a replica that has reached a position has everything that was committed before it was sampled. This
/// bounds its lag without the server's clock and without a heartbeat row. Not thread-safe.
/// </summary>
internal sealed class PrimaryHistory
{
    /// <summary>
    /// The maximum number of samples; the oldest are removed first. At one probe per second this covers 17 minutes of continuous writes.
    /// The lag of a replica that is further behind is unknown.
    /// </summary>
    public const int SamplesMax = 1024;

    private readonly LinkedList<(CausalToken Position, long Since)> _samples = [];

    /// <summary>The index of the last primary; null before the first.</summary>
    public int? ServerIndex { get; private set; }

    /// <summary>Records a position of the primary.</summary>
    /// <param name="serverIndex">The primary's index; another server starts a new history.</param>
    /// <param name="position">Its position.</param>
    /// <param name="asked">A timestamp from before the position was requested: everything committed by then is included in the
    /// position.</param>
    public void Add(int serverIndex, CausalToken position, long asked)
    {
        // A position that moved backwards belongs to another history: the server's binary log was reset.
        if (serverIndex != ServerIndex || (_samples.Last is { } newest && !newest.Value.Position.IsCoveredBy(position)))
            _samples.Clear();
        ServerIndex = serverIndex;
        // Without a position there is nothing to compare: binary logging is disabled, or nothing was ever written.
        if (position.IsNone)
            return;
        // While nothing is written, a server at this position has everything up to now.
        if (_samples.Last is { } last && last.Value.Position.Equals(position))
            _samples.RemoveLast();
        _samples.AddLast((position, asked));
        if (_samples.Count > SamplesMax)
            _samples.RemoveFirst();
    }

    /// <summary>Returns the timestamp up to which a server at a position has everything that was committed; null if unknown.</summary>
    public long? FreshAsOf(CausalToken position)
    {
        for (var sample = _samples.Last; sample is not null; sample = sample.Previous)
        {
            if (sample.Value.Position.IsCoveredBy(position))
                return sample.Value.Since;
        }

        return null;
    }
}
