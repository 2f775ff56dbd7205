using Settlements.Routing;

namespace Settlements.MySql.Routing.Tests;

/// <summary>
/// The route for each state of the servers, access and consistency, with simulated servers; <see cref="RouteTableTests"/> uses real ones.
/// </summary>
public sealed class RouteChooserTests
{
    private static readonly CausalToken Token = CausalToken.Parse("0-1-10");

    /// <summary>db1 is the primary at 0-1-10; db2 has reached 0-1-10; db3 is at 0-1-5, two seconds behind.</summary>
    private static SimulatedServers Usual()
    {
        var simulated = new SimulatedServers(3).Primary(1, "0-1-5").Replica(3, "0-1-5");
        simulated.Clock.Advance(TimeSpan.FromSeconds(2));
        return simulated.Primary(1, "0-1-10").Replica(2, "0-1-10");
    }

    [Theory]
    [InlineData("", "primary", "db1")]
    [InlineData("", "eventual", "db2 db3")]
    [InlineData("", "stale 1", "db2")]
    [InlineData("", "stale 5", "db2 db3")]
    [InlineData("", "after", "db2")]
    [InlineData("down 2", "after", "db3 waits")]
    [InlineData("down 2", "stale 1", "db1")]
    [InlineData("down 2", "eventual", "db3")]
    [InlineData("unresponsive 2", "eventual", "db3")]
    [InlineData("stopped 2", "eventual", "db3")]
    [InlineData("stopped 2", "stale 1", "db1")]
    [InlineData("stopped 2", "after", "db2")]
    [InlineData("orphan 2", "after", "db3 waits")]
    [InlineData("orphan 2, down 3", "eventual", "db1")]
    [InlineData("down 1, orphan 2, down 3", "eventual", "none")]
    [InlineData("", "after MySQL", "db1")]
    [InlineData("down 2, stopped 3", "after", "db1")]
    [InlineData("down 2, stopped 3", "eventual", "db1")]
    [InlineData("down 1", "primary", "none")]
    [InlineData("down 1", "eventual", "db2 db3")]
    [InlineData("down 1, stopped 2, down 3", "eventual", "db2")]
    [InlineData("down 1, unresponsive 2, unresponsive 3", "eventual", "db2 db3")]
    [InlineData("down 1, down 2, down 3", "eventual", "none")]
    [InlineData("down 1, stopped 2, stopped 3", "stale 1", "none")]
    public void A_read_is_routed_to_a_server_that_satisfies_its_consistency(string state, string consistency, string expected)
    {
        using var simulated = Usual();
        foreach (var change in state.Split(", ", StringSplitOptions.RemoveEmptyEntries))
            Apply(simulated, change);

        var chooser = new RouteChooser(new RoutingOptions(), simulated.Clock);
        Answers(chooser, simulated.Topology, Consistency(consistency)).Should().Be(expected);
    }

    [Theory]
    [InlineData("", "db1")]
    [InlineData("unresponsive 1", "db1")]
    [InlineData("down 1", "none")]
    [InlineData("down 2, down 3", "db1")]
    public void A_write_is_routed_to_the_primary_or_fails(string state, string expected)
    {
        using var simulated = Usual();
        foreach (var change in state.Split(", ", StringSplitOptions.RemoveEmptyEntries))
            Apply(simulated, change);

        var route = new RouteChooser(new RoutingOptions(), simulated.Clock)
            .Choose(simulated.Topology, DatabaseAccess.Write, default, affinity: null, tried: 0, waits: true);
        (route.Server?.Name.Split(':')[0] ?? "none").Should().Be(expected);
    }

    [Fact]
    public void With_fallback_disabled_the_primary_serves_only_reads_that_request_it()
    {
        using var simulated = Usual().Down(2);
        var chooser = new RouteChooser(new RoutingOptions { Fallback = ReplicaFallback.Fail }, simulated.Clock);

        Answers(chooser, simulated.Topology, Consistency("stale 1")).Should().Be("none");
        Answers(chooser, simulated.Topology, ReadConsistency.Primary).Should().Be("db1");
    }

    [Fact]
    public void The_lag_of_a_snapshot_grows_with_time()
    {
        using var simulated = Usual();
        var topology = simulated.Topology;
        var chooser = new RouteChooser(new RoutingOptions(), simulated.Clock);
        simulated.Clock.Advance(TimeSpan.FromSeconds(31));

        Answers(chooser, topology, Consistency("eventual")).Should()
            .Be("db1", "without recent probes the replicas are not known to be fresh");
    }

    [Fact]
    public void A_session_stays_on_its_server_and_moves_only_to_the_primary()
    {
        using var simulated = Usual();
        var chooser = new RouteChooser(new RoutingOptions(), simulated.Clock);
        var affinity = new ServerAffinity();
        var first = chooser.Choose(simulated.Topology, DatabaseAccess.Read, ReadConsistency.Eventual, affinity, 0, true).Server!;
        for (var i = 0; i < 50; i++)
            chooser.Choose(simulated.Topology, DatabaseAccess.Read, ReadConsistency.Eventual, affinity, 0, true).Server.Should().Be(first);

        simulated.Down(first.Index + 1);
        for (var i = 0; i < 50; i++)
            chooser.Choose(simulated.Topology, DatabaseAccess.Read, ReadConsistency.Eventual, affinity, 0, true).Server!.Name.Should()
                .Be("db1:3306");
        simulated.Replica(first.Index + 1, "0-1-10");
        chooser.Choose(simulated.Topology, DatabaseAccess.Read, ReadConsistency.Eventual, affinity, 0, true).Server!.Name
            .Should().Be("db1:3306", "a replica may lack what was read from the primary");
    }

    [Fact]
    public void With_fallback_disabled_a_session_that_lost_its_server_does_not_read_from_the_primary()
    {
        using var simulated = Usual();
        var chooser = new RouteChooser(new RoutingOptions { Fallback = ReplicaFallback.Fail }, simulated.Clock);
        var affinity = new ServerAffinity();
        var first = chooser.Choose(simulated.Topology, DatabaseAccess.Read, ReadConsistency.Eventual, affinity, 0, true).Server!;

        simulated.NotResponding(first.Index + 1);

        chooser.Choose(simulated.Topology, DatabaseAccess.Read, ReadConsistency.Eventual, affinity, 0, true).Server.Should().BeNull();
    }

    [Fact]
    public void A_choice_allocates_nothing()
    {
        using var simulated = Usual();
        var topology = simulated.Topology;
        var chooser = new RouteChooser(new RoutingOptions(), simulated.Clock);
        var least = long.MaxValue;
        for (var time = 0; time < 10; time++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            chooser.Choose(topology, DatabaseAccess.Read, ReadConsistency.Eventual, affinity: null, tried: 0, waits: true);
            chooser.Choose(topology, DatabaseAccess.Write, default, affinity: null, tried: 0, waits: true);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        least.Should().Be(0);
    }

    private static ReadConsistency Consistency(string text) => text.Split(' ') switch
    {
        ["eventual"] => ReadConsistency.Eventual,
        ["stale", var seconds] =>
            ReadConsistency.AtMostStale(TimeSpan.FromSeconds(int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture))),
        ["after"] => ReadConsistency.After(Token),
        ["after", "MySQL"] => ReadConsistency.After(CausalToken.Parse("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5")),
        _ => ReadConsistency.Primary,
    };

    private static void Apply(SimulatedServers simulated, string change)
    {
        var server = change[^1] - '0';
        _ = change[..^2] switch
        {
            "down" => simulated.Down(server),
            "unresponsive" => simulated.NotResponding(server),
            "orphan" => simulated.Replica(server, "0-1-10", Replication.None, source: 0),
            _ => simulated.Replica(server, server == 2 ? "0-1-10" : "0-1-5", Replication.ApplierStopped),
        };
    }

    private static string Answers(RouteChooser chooser, Topology topology, ReadConsistency consistency)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 100; i++)
        {
            var route = chooser.Choose(topology, DatabaseAccess.Read, consistency, affinity: null, tried: 0, waits: true);
            names.Add(route.Server is { } server
                ? server.Name.Split(':')[0] + (route.Reason == RouteReason.Waited ? " waits" : "")
                : "none");
        }

        return string.Join(' ', names);
    }
}
