using System.Diagnostics.CodeAnalysis;

namespace Settlements.Routing;

/// <summary>
/// The required freshness of a read. Immutable. The default value is <see cref="Primary"/>, so that stale reads are always explicit.
/// </summary>
public readonly record struct ReadConsistency
{
    private ReadConsistency(ReadConsistencyKind kind, TimeSpan staleness = default, CausalToken? token = null) =>
        (Kind, Staleness, Token) = (kind, staleness, token);

    /// <summary>Gets the consistency of the primary: the read sees everything that was committed before it.</summary>
    public static ReadConsistency Primary => default;

    /// <summary>
    /// Gets eventual consistency: any replica answers. A replica that lags by more than <c>RoutingOptions.ReplicaLagMax</c> is
    /// used only when no other server is available.
    /// </summary>
    public static ReadConsistency Eventual { get; } = new(ReadConsistencyKind.Eventual);

    /// <summary>Gets the kind.</summary>
    [Experimental("SETTLE001")]
    public ReadConsistencyKind Kind { get; }

    /// <summary>Gets the bound of <see cref="AtMostStale"/>; zero for the other kinds.</summary>
    [Experimental("SETTLE001")]
    public TimeSpan Staleness { get; }

    /// <summary>Gets the token of <see cref="After"/>; null for the other kinds.</summary>
    [Experimental("SETTLE001")]
    public CausalToken? Token { get; }

    /// <summary>
    /// Creates a consistency with bounded staleness: the read sees at least everything that was committed longer ago than a duration.
    /// </summary>
    /// <param name="staleness">
    /// The duration, more than zero. The staleness of a replica is known as of its last probe, so a value below twice the
    /// <c>RoutingOptions.ProbePeriod</c> usually selects the primary.
    /// </param>
    /// <returns>The consistency.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The duration is not more than zero.</exception>
    public static ReadConsistency AtMostStale(TimeSpan staleness) => staleness > TimeSpan.Zero
        ? new(ReadConsistencyKind.AtMostStale, staleness)
        : throw new ArgumentOutOfRangeException(
            nameof(staleness), staleness, $"The staleness is {staleness}; use more than zero, or ReadConsistency.Primary.");

    /// <summary>
    /// Creates a causal consistency: the read sees at least everything that the transactions of a token have read and written.
    /// </summary>
    /// <param name="token">The token. <see cref="CausalToken.None"/> is equivalent to <see cref="Eventual"/>.</param>
    /// <returns>The consistency.</returns>
    public static ReadConsistency After(CausalToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.IsNone ? Eventual : new(ReadConsistencyKind.After, token: token);
    }

    /// <summary>Returns a text for logs.</summary>
    /// <returns>For example <c>after 0-1-100</c>.</returns>
    public override string ToString() => Kind switch
    {
        ReadConsistencyKind.Eventual => "eventual",
        ReadConsistencyKind.AtMostStale => $"at most {Staleness} stale",
        ReadConsistencyKind.After => $"after {Token}",
        _ => "primary",
    };
}

/// <summary>The kinds of <see cref="ReadConsistency"/>.</summary>
[Experimental("SETTLE001")]
public enum ReadConsistencyKind
{
    /// <summary>The primary answers.</summary>
    Primary,

    /// <summary>Any replica answers.</summary>
    Eventual,

    /// <summary>A replica answers whose lag is at most a duration.</summary>
    AtMostStale,

    /// <summary>A replica answers that has executed the transactions of a token.</summary>
    After,
}
