namespace Settlements.MySql;

/// <summary>The options of probing and selecting servers. The defaults suit servers in one data centre.</summary>
public sealed class RoutingOptions
{
    /// <summary>
    /// Gets the interval between probes of a server. From 50 ms to 1 minute; default 1 second. A failover is detected within twice this
    /// interval, provided that <see cref="ProbeTimeout"/> is not longer.
    /// </summary>
    public TimeSpan ProbePeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets the timeout of a probe, after which the server is suspect. From 50 ms to 1 minute; default 1 second.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets the number of consecutive probe timeouts after which a suspect server is down. From 1 to 100; default 3. A server that
    /// refuses the connection is down immediately.
    /// </summary>
    public int ProbeTimeoutsMax { get; init; } = 3;

    /// <summary>
    /// Gets the lag above which a replica only serves reads for which it is known to be fresh enough. From 100 ms to 1 day; default 30
    /// seconds.
    /// </summary>
    public TimeSpan ReplicaLagMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets how long a read after a token waits until a replica has executed it. From 0 (no wait) to 1 minute; default 500 ms.
    /// </summary>
    public TimeSpan TokenWaitMax { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Gets the fallback of a read for which no replica is fresh enough; by default the primary answers it.</summary>
    public ReplicaFallback Fallback { get; init; } = ReplicaFallback.Primary;

    /// <summary>Gets the balancer that selects one of several suitable replicas; by default <see cref="TwoChoicesBalancer"/>.</summary>
    public IServerBalancer Balancer { get; init; } = new TwoChoicesBalancer();

    /// <summary>Checks every value against its range.</summary>
    /// <returns>All errors, each with the value and the range; empty when there are none.</returns>
    internal IEnumerable<string> Validate()
    {
        if (IsOutside(ProbePeriod, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)))
            yield return $"ProbePeriod is {ProbePeriod}; use 50 ms to 1 minute.";
        if (IsOutside(ProbeTimeout, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)))
            yield return $"ProbeTimeout is {ProbeTimeout}; use 50 ms to 1 minute.";
        if (ProbeTimeoutsMax is < 1 or > 100)
            yield return FormattableString.Invariant($"ProbeTimeoutsMax is {ProbeTimeoutsMax}; use 1 to 100.");
        if (IsOutside(ReplicaLagMax, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)))
            yield return $"ReplicaLagMax is {ReplicaLagMax}; use 100 ms to 1 day.";
        if (IsOutside(TokenWaitMax, TimeSpan.Zero, TimeSpan.FromMinutes(1)))
            yield return $"TokenWaitMax is {TokenWaitMax}; use 0 to 1 minute.";
        if (!Enum.IsDefined(Fallback))
            yield return $"Fallback is {Fallback}; use Primary or Fail.";
        if (Balancer is null)
            yield return "Balancer is null; remove the assignment to use the default.";
    }

    /// <summary>Returns the options on one line, independent of the current culture.</summary>
    /// <returns>For example <c>RoutingOptions { ProbePeriod = 00:00:01, … }</c>.</returns>
    public override string ToString() => FormattableString.Invariant(
        $"RoutingOptions {{ ProbePeriod = {ProbePeriod}, ProbeTimeout = {ProbeTimeout}, ProbeTimeoutsMax = {ProbeTimeoutsMax}, ")
        + $"ReplicaLagMax = {ReplicaLagMax}, TokenWaitMax = {TokenWaitMax}, Fallback = {Fallback}, Balancer = {Balancer} }}";

    private static bool IsOutside(TimeSpan value, TimeSpan min, TimeSpan max) => value < min || value > max;
}

/// <summary>The fallback of a read for which no replica is fresh enough.</summary>
public enum ReplicaFallback
{
    /// <summary>The primary answers the read.</summary>
    Primary,

    /// <summary>The read fails: the primary is reserved for writes.</summary>
    Fail,
}
