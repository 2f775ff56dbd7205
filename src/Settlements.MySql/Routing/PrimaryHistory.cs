using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>
/// Where the primary was, and when: a replica that has a position of then has all that was committed before. That bounds its lag without a clock of
/// the server's and without a row that somebody has to write. Not thread-safe.
/// </summary>
internal sealed class PrimaryHistory
{
    /// <summary>The oldest go first: at a probe a second, 17 minutes of steady writing. What is further behind has no known lag.</summary>
    public const int SamplesMax = 1024;

    private readonly LinkedList<(CausalToken Position, long Since)> _samples = [];

    /// <summary>Who was the last primary; null before the first.</summary>
    public int? Host { get; private set; }

    /// <summary>Notes where a primary was found.</summary>
    /// <param name="host">Which; another one begins a new history.</param>
    /// <param name="position">Its position.</param>
    /// <param name="asked">A timestamp from before it was asked: what was committed by then is in the position.</param>
    public void Add(int host, CausalToken position, long asked)
    {
        // A position that went back is of another history: the server's log was made anew.
        if (host != Host || (_samples.Last is { } newest && !newest.Value.Position.IsCoveredBy(position)))
            _samples.Clear();
        Host = host;
        // Without a position nothing can be compared: binary logging is off, or nothing was ever written.
        if (position.IsNone)
            return;
        // While nothing is written, what has the position has everything up to now.
        if (_samples.Last is { } last && last.Value.Position.Equals(position))
            _samples.RemoveLast();
        _samples.AddLast((position, asked));
        if (_samples.Count > SamplesMax)
            _samples.RemoveFirst();
    }

    /// <summary>The time up to which a host at a position has all that was committed; null when that isn't known.</summary>
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
