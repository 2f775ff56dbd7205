using Settlements.Routing;

namespace Settlements.MySql.Routing.Tests;

/// <summary>Each state of the hosts, each access and each consistency, without servers; <see cref="RouteTableTests"/> does the same with them.</summary>
public sealed class RouteChooserTests
{
    private static readonly CausalToken Token = CausalToken.Parse("0-1-10");

    /// <summary>db1 is the primary at 0-1-10, which db2 has; db3 is at 0-1-5, two seconds behind.</summary>
    private static Pictures Usual()
    {
        var pictures = new Pictures(3).Primary(1, "0-1-5").Replica(3, "0-1-5");
        pictures.Clock.Advance(TimeSpan.FromSeconds(2));
        return pictures.Primary(1, "0-1-10").Replica(2, "0-1-10");
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
    [InlineData("silent 2", "eventual", "db3")]
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
    [InlineData("down 1, silent 2, silent 3", "eventual", "db2 db3")]
    [InlineData("down 1, down 2, down 3", "eventual", "none")]
    [InlineData("down 1, stopped 2, stopped 3", "stale 1", "none")]
    public void A_read_goes_where_its_consistency_allows(string state, string consistency, string expected)
    {
        using var pictures = Usual();
        foreach (var change in state.Split(", ", StringSplitOptions.RemoveEmptyEntries))
            Apply(pictures, change);

        var chooser = new RouteChooser(new RoutingOptions(), pictures.Clock);
        Answers(chooser, pictures.Topology, Consistency(consistency)).Should().Be(expected);
    }

    [Theory]
    [InlineData("", "db1")]
    [InlineData("silent 1", "db1")]
    [InlineData("down 1", "none")]
    [InlineData("down 2, down 3", "db1")]
    public void A_write_goes_to_the_primary_or_nowhere(string state, string expected)
    {
        using var pictures = Usual();
        foreach (var change in state.Split(", ", StringSplitOptions.RemoveEmptyEntries))
            Apply(pictures, change);

        var route = new RouteChooser(new RoutingOptions(), pictures.Clock).Choose(pictures.Topology, DatabaseAccess.Write, default, affinity: null, tried: 0, waits: true);
        (route.Host?.Name.Split(':')[0] ?? "none").Should().Be(expected);
    }

    [Fact]
    public void A_primary_that_is_kept_for_writes_answers_no_read_that_did_not_ask_for_it()
    {
        using var pictures = Usual().Down(2);
        var chooser = new RouteChooser(new RoutingOptions { Fallback = ReplicaFallback.Fail }, pictures.Clock);

        Answers(chooser, pictures.Topology, Consistency("stale 1")).Should().Be("none");
        Answers(chooser, pictures.Topology, ReadConsistency.Primary).Should().Be("db1");
    }

    [Fact]
    public void Lag_grows_while_nobody_looks()
    {
        using var pictures = Usual();
        var topology = pictures.Topology;
        var chooser = new RouteChooser(new RoutingOptions(), pictures.Clock);
        pictures.Clock.Advance(TimeSpan.FromSeconds(31));

        Answers(chooser, topology, Consistency("eventual")).Should().Be("db1", "the probes are late, and so nobody knows that the replicas are fresh");
    }

    [Fact]
    public void A_session_stays_with_its_host_and_moves_to_the_primary_alone()
    {
        using var pictures = Usual();
        var chooser = new RouteChooser(new RoutingOptions(), pictures.Clock);
        var affinity = new ServerAffinity();
        var first = chooser.Choose(pictures.Topology, DatabaseAccess.Read, ReadConsistency.Eventual, affinity, 0, true).Host!;
        for (var i = 0; i < 50; i++)
            chooser.Choose(pictures.Topology, DatabaseAccess.Read, ReadConsistency.Eventual, affinity, 0, true).Host.Should().Be(first);

        pictures.Down(first.Index + 1);
        for (var i = 0; i < 50; i++)
            chooser.Choose(pictures.Topology, DatabaseAccess.Read, ReadConsistency.Eventual, affinity, 0, true).Host!.Name.Should().Be("db1:3306");
        pictures.Replica(first.Index + 1, "0-1-10");
        chooser.Choose(pictures.Topology, DatabaseAccess.Read, ReadConsistency.Eventual, affinity, 0, true).Host!.Name.Should().Be("db1:3306", "a replica may lack what the primary showed");
    }

    [Fact]
    public void A_session_that_lost_its_host_leaves_a_primary_that_is_kept_for_writes_alone()
    {
        using var pictures = Usual();
        var chooser = new RouteChooser(new RoutingOptions { Fallback = ReplicaFallback.Fail }, pictures.Clock);
        var affinity = new ServerAffinity();
        var first = chooser.Choose(pictures.Topology, DatabaseAccess.Read, ReadConsistency.Eventual, affinity, 0, true).Host!;

        pictures.Silent(first.Index + 1);

        chooser.Choose(pictures.Topology, DatabaseAccess.Read, ReadConsistency.Eventual, affinity, 0, true).Host.Should().BeNull();
    }

    [Fact]
    public void A_choice_allocates_nothing()
    {
        using var pictures = Usual();
        var topology = pictures.Topology;
        var chooser = new RouteChooser(new RoutingOptions(), pictures.Clock);
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
        ["stale", var seconds] => ReadConsistency.AtMostStale(TimeSpan.FromSeconds(int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture))),
        ["after"] => ReadConsistency.After(Token),
        ["after", "MySQL"] => ReadConsistency.After(CausalToken.Parse("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5")),
        _ => ReadConsistency.Primary,
    };

    private static void Apply(Pictures pictures, string change)
    {
        var host = change[^1] - '0';
        _ = change[..^2] switch
        {
            "down" => pictures.Down(host),
            "silent" => pictures.Silent(host),
            "orphan" => pictures.Replica(host, "0-1-10", Replication.None, source: 0),
            _ => pictures.Replica(host, host == 2 ? "0-1-10" : "0-1-5", Replication.Stopped),
        };
    }

    private static string Answers(RouteChooser chooser, Topology topology, ReadConsistency consistency)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 100; i++)
        {
            var route = chooser.Choose(topology, DatabaseAccess.Read, consistency, affinity: null, tried: 0, waits: true);
            names.Add(route.Host is { } host ? host.Name.Split(':')[0] + (route.Reason == RouteReason.Waited ? " waits" : "") : "none");
        }

        return string.Join(' ', names);
    }
}
