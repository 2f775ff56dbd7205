namespace Settlements.MySql.Routing.Tests;

public sealed class RoutingOptionsTests
{
    [Fact]
    public void The_default_options_are_valid() => new RoutingOptions().Validate().Should().BeEmpty();

    [Fact]
    public void Every_value_out_of_range_is_reported_with_its_range() => new RoutingOptions
    {
        ProbePeriod = TimeSpan.FromMilliseconds(49),
        ProbeTimeout = TimeSpan.FromMinutes(2),
        ProbeTimeoutsMax = 101,
        ReplicaLagMax = TimeSpan.Zero,
        TokenWaitMax = TimeSpan.FromTicks(-1),
        Fallback = (ReplicaFallback)9,
    }.Validate().Should().SatisfyRespectively(
        f => f.Should().Match("ProbePeriod is 00:00:00.0490000; use 50 ms to 1 minute."), f => f.Should().StartWith(
            "ProbeTimeout is 00:02:00"),
        f => f.Should().StartWith("ProbeTimeoutsMax is 101"), f => f.Should().StartWith("ReplicaLagMax is 00:00:00"),
        f => f.Should().StartWith("TokenWaitMax is -"), f => f.Should().StartWith("Fallback is 9"));
}
