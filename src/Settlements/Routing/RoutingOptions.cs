namespace Settlements.Routing;

/// <summary>How hosts are watched and chosen. The defaults fit hosts in one data centre.</summary>
public sealed record RoutingOptions
{
    /// <summary>How often each host is probed. From 50 ms to 1 minute; default 1 second. Failover is followed within twice of it, where <see cref="ProbeTimeout"/> is no longer.</summary>
    public TimeSpan ProbePeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a probe may take before the host is suspect. From 50 ms to 1 minute; default 1 second.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After so many probes in a row without an answer in time, a suspect host is down. From 1 to 100; default 3. One that refuses the connection is down at once.</summary>
    public int ProbeTimeoutsMax { get; init; } = 3;

    /// <summary>A replica that may be further behind gets no more than it is known to have. From 100 ms to 1 day; default 30 seconds.</summary>
    public TimeSpan ReplicaLagMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a read after a token waits at a replica for it. From 0 (never) to 1 minute; default 500 ms.</summary>
    public TimeSpan TokenWaitMax { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>What becomes of a read for which no replica is fresh enough; by default the primary answers it.</summary>
    public ReplicaFallback Fallback { get; init; } = ReplicaFallback.Primary;

    /// <summary>Chooses among replicas that would all do; by default <see cref="TwoChoicesBalancer"/>.</summary>
    public IServerBalancer Balancer { get; init; } = new TwoChoicesBalancer();

    /// <summary>Every value that is out of its range, in words; empty when all are fine.</summary>
    /// <returns>The faults.</returns>
    public IEnumerable<string> Validate()
    {
        if (Outside(ProbePeriod, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)))
            yield return $"ProbePeriod is {ProbePeriod}; use 50 ms to 1 minute.";
        if (Outside(ProbeTimeout, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)))
            yield return $"ProbeTimeout is {ProbeTimeout}; use 50 ms to 1 minute.";
        if (ProbeTimeoutsMax is < 1 or > 100)
            yield return FormattableString.Invariant($"ProbeTimeoutsMax is {ProbeTimeoutsMax}; use 1 to 100.");
        if (Outside(ReplicaLagMax, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)))
            yield return $"ReplicaLagMax is {ReplicaLagMax}; use 100 ms to 1 day.";
        if (Outside(TokenWaitMax, TimeSpan.Zero, TimeSpan.FromMinutes(1)))
            yield return $"TokenWaitMax is {TokenWaitMax}; use 0 to 1 minute.";
        if (!Enum.IsDefined(Fallback))
            yield return $"Fallback is {Fallback}; use Primary or Fail.";
        if (Balancer is null)
            yield return "Balancer is null; leave it out for the default.";
    }

    /// <summary>The options on one line, whatever the current culture.</summary>
    /// <returns>For example <c>RoutingOptions { ProbePeriod = 00:00:01, … }</c>.</returns>
    public override string ToString() => FormattableString.Invariant(
        $"RoutingOptions {{ ProbePeriod = {ProbePeriod}, ProbeTimeout = {ProbeTimeout}, ProbeTimeoutsMax = {ProbeTimeoutsMax}, ")
        + $"ReplicaLagMax = {ReplicaLagMax}, TokenWaitMax = {TokenWaitMax}, Fallback = {Fallback}, Balancer = {Balancer} }}";

    private static bool Outside(TimeSpan value, TimeSpan min, TimeSpan max) => value < min || value > max;
}

/// <summary>What becomes of a read for which no replica is fresh enough.</summary>
public enum ReplicaFallback
{
    /// <summary>The primary answers it.</summary>
    Primary,

    /// <summary>It fails: the primary is kept for writes, whatever comes.</summary>
    Fail,
}
