namespace Settlements.Routing;

/// <summary>
/// How fresh a read has to be. Immutable. The default value is <see cref="Primary"/>: nobody reads old data by leaving something out.
/// </summary>
public readonly record struct ReadConsistency
{
    private ReadConsistency(ReadConsistencyKind kind, TimeSpan staleness = default, CausalToken? token = null) =>
        (Kind, Staleness, Token) = (kind, staleness, token);

    /// <summary>Everything that was committed before the read: the primary answers.</summary>
    public static ReadConsistency Primary => default;

    /// <summary>
    /// Whatever a replica has. A replica that is further behind than <see cref="RoutingOptions.ReplicaLagMax"/> is asked only when nobody else can be.
    /// </summary>
    public static ReadConsistency Eventual { get; } = new(ReadConsistencyKind.Eventual);

    /// <summary>Which of the four it is.</summary>
    public ReadConsistencyKind Kind { get; }

    /// <summary>The bound of <see cref="AtMostStale"/>; zero for the others.</summary>
    public TimeSpan Staleness { get; }

    /// <summary>The token of <see cref="After"/>; null for the others.</summary>
    public CausalToken? Token { get; }

    /// <summary>Everything that was committed longer ago than a duration, and perhaps more.</summary>
    /// <param name="staleness">
    /// More than zero. A replica's staleness is known as of the last probes, so what is below twice the
    /// <see cref="RoutingOptions.ProbePeriod"/> mostly means the primary.
    /// </param>
    /// <returns>The consistency.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The duration is not above zero.</exception>
    public static ReadConsistency AtMostStale(TimeSpan staleness) => staleness > TimeSpan.Zero
        ? new(ReadConsistencyKind.AtMostStale, staleness)
        : throw new ArgumentOutOfRangeException(
            nameof(staleness), staleness, $"A read at most {staleness} old is asked for; use more than zero, or ReadConsistency.Primary.");

    /// <summary>Everything that the token's transaction saw and wrote, and perhaps more: a user's own writes, a message's cause.</summary>
    /// <param name="token">The token. <see cref="CausalToken.None"/> asks for nothing, as <see cref="Eventual"/> does.</param>
    /// <returns>The consistency.</returns>
    public static ReadConsistency After(CausalToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.IsNone ? Eventual : new(ReadConsistencyKind.After, token: token);
    }

    /// <summary>For logs.</summary>
    /// <returns>For example <c>after 0-1-100</c>.</returns>
    public override string ToString() => Kind switch
    {
        ReadConsistencyKind.Eventual => "eventual",
        ReadConsistencyKind.AtMostStale => $"at most {Staleness} stale",
        ReadConsistencyKind.After => $"after {Token}",
        _ => "primary",
    };
}

/// <summary>The four ways in which a read can be fresh.</summary>
public enum ReadConsistencyKind
{
    /// <summary>The primary answers.</summary>
    Primary,

    /// <summary>Any replica answers.</summary>
    Eventual,

    /// <summary>A replica answers that is behind by no more than a duration.</summary>
    AtMostStale,

    /// <summary>A replica answers that has what a token names.</summary>
    After,
}
