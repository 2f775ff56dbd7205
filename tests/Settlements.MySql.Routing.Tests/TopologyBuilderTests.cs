using Settlements.Routing;

namespace Settlements.MySql.Routing.Tests;

public sealed class TopologyBuilderTests
{
    [Fact]
    public void The_one_that_takes_writes_and_follows_nobody_is_the_primary()
    {
        using var pictures = new Pictures(3).Replica(1, "0-1-5").Primary(2, "0-1-5").Replica(3, "0-1-5");

        pictures.Topology.Primary!.Host.Name.Should().Be("db2:3306");
        pictures.Topology.Hosts.Select(h => h.Role).Should().Equal(ServerRole.Replica, ServerRole.Primary, ServerRole.Replica);
    }

    [Theory]
    [InlineData("Running")]
    [InlineData("Unheard")]
    [InlineData("Stopped")]
    [InlineData("Detached")]
    public void A_replica_that_takes_writes_is_no_primary_also_when_there_is_no_other(string replication)
    {
        using var pictures = new Pictures(2).Primary(1, "0-1-5").Replica(2, "0-1-5", Enum.Parse<Replication>(replication), isReadOnly: false);

        pictures.Topology.Primary!.Host.Name.Should().Be("db1:3306");
        pictures.Down(1).Topology.Primary.Should().BeNull();
    }

    [Fact]
    public void A_position_is_believed_only_of_who_follows_the_primary()
    {
        using var pictures = new Pictures(4).Primary(1, "0-1-20").Replica(2, "0-1-20").Replica(3, "0-1-20", source: 2).Replica(4, "0-1-20", Replication.None, source: 0);
        pictures.Topology.Hosts.Select(h => h.IsTrusted).Should().Equal([false, true, true, false], "one that follows nobody may have the end of another history");

        pictures.Replica(2, "0-1-20", Replication.Detached);
        pictures.Topology.Hosts.Select(h => h.IsTrusted).Should().Equal([false, false, false, false], "what comes by way of it is cut off, too");

        pictures.Replica(2, "0-1-20").Ahead(2);
        pictures.Topology.Hosts[1].Detail.Should().Match("*transactions that the primary has not*");
        pictures.Topology.Hosts[1].FreshAsOf.Should().BeNull();
    }

    [Fact]
    public void Who_follows_the_old_primary_is_believed_until_there_is_another()
    {
        using var pictures = new Pictures(3).Primary(1, "0-1-20").Replica(2, "0-1-20").Replica(3, "0-1-20", Replication.Unheard);
        pictures.Down(1).Topology.Hosts[2].IsTrusted.Should().BeTrue();

        pictures.Primary(2, "0-2-21").Topology.Hosts[2].IsTrusted.Should().BeFalse("it may have what was lost with the old one");
        pictures.Topology.Hosts[2].Detail.Should().Match("*follows db1, which is not the primary db2:3306*");
        pictures.Replica(3, "0-1-20", source: 2).Topology.Hosts[2].IsTrusted.Should().BeTrue();
    }

    [Fact]
    public void A_primary_whose_log_was_made_anew_begins_a_new_history()
    {
        using var pictures = new Pictures(2).Primary(1, "0-1-20").Replica(2, "0-1-20").Primary(1, "0-1-1").Replica(2, "0-1-0");

        pictures.Topology.Hosts[1].FreshAsOf.Should().BeNull();
    }

    [Fact]
    public void Two_primaries_are_an_error_that_names_both_and_nobody_takes_writes()
    {
        using var pictures = new Pictures(3).Primary(1, "0-1-5").Primary(2, "0-2-6").Replica(3, "0-1-5");

        pictures.Topology.Primary.Should().BeNull();
        pictures.Topology.WriteFault.Should().Match("*db1:3306 and db2:3306 are both primaries*read_only*");
        pictures.Topology.Hosts.Select(h => h.State).Should().Equal(ServerState.Refused, ServerState.Refused, ServerState.Up);
    }

    [Fact]
    public void A_primary_that_is_silent_keeps_the_writes_until_another_one_takes_them()
    {
        using var pictures = new Pictures(2).Primary(1, "0-1-5").Replica(2, "0-1-5").Silent(1);

        pictures.Topology.Primary!.Host.Name.Should().Be("db1:3306");
        pictures.Clock.Advance(TimeSpan.FromSeconds(1));
        pictures.Primary(2, "0-2-6").Topology.Primary!.Host.Name.Should().Be("db2:3306");
    }

    [Fact]
    public void Two_primaries_stay_an_error_when_one_of_them_answers_late()
    {
        using var pictures = new Pictures(2).Primary(1, "0-1-5").Primary(2, "0-2-6");
        pictures.Clock.Advance(TimeSpan.FromSeconds(1));
        pictures.Primary(1, "0-1-5").Silent(1);

        pictures.Topology.Primary.Should().BeNull("it answered beside the other one");
        pictures.Down(1).Topology.Primary!.Host.Name.Should().Be("db2:3306");
    }

    [Fact]
    public void Another_primary_begins_another_history()
    {
        using var pictures = new Pictures(3).Primary(1, "0-1-50").Replica(2, "0-1-50").Replica(3, "0-1-50").Down(1);
        pictures.Clock.Advance(TimeSpan.FromSeconds(1));
        pictures.Primary(2, "0-2-51").Replica(3, "0-1-50", source: 2);

        pictures.Topology.Hosts[2].FreshAsOf.Should().BeNull("that it was with the old one says nothing of what the new one has");
    }

    [Fact]
    public void An_address_of_a_server_that_moved_refuses_nobody()
    {
        using var pictures = new Pictures(2).Primary(1, "0-1-5").Down(1).Primary(2, "0-1-5").SameServer(2, 1);

        pictures.Topology.Primary!.Host.Name.Should().Be("db2:3306");
    }

    [Fact]
    public void The_same_server_under_two_names_is_used_once_and_said()
    {
        using var pictures = new Pictures(2).Primary(1, "0-1-5").Replica(2, "0-1-5").SameServer(2, 1);

        pictures.Topology.Hosts[1].State.Should().Be(ServerState.Refused);
        pictures.Topology.Hosts[1].Detail.Should().Match("*same server as db1:3306*");
        pictures.Topology.Primary!.Host.Name.Should().Be("db1:3306");
        pictures.Invoking(p => StartCheck.Require(p.Topology)).Should().Throw<RoutingException>().WithMessage("*db2:3306: it is the same server as db1:3306*name each server once*");
    }

    [Fact]
    public void A_start_without_any_primary_among_hosts_that_all_answer_is_an_error()
    {
        using var pictures = new Pictures(2).Replica(1, "0-1-5").Replica(2, "0-1-5");

        pictures.Invoking(p => StartCheck.Require(p.Topology)).Should().Throw<RoutingException>().WithMessage("*No host is a primary*Name the primary too*");
        pictures.Down(2).Invoking(p => StartCheck.Require(p.Topology)).Should().NotThrow("the other one may be the primary, when it comes back");
        pictures.Down(1).Invoking(p => StartCheck.Require(p.Topology)).Should().Throw<RoutingException>().WithMessage("*No host answers*db1:3306: refused*db2:3306: refused*");
    }

    [Fact]
    public void A_replica_has_what_was_committed_before_the_primary_was_last_seen_where_the_replica_is()
    {
        using var pictures = new Pictures(2).Primary(1, "0-1-5");
        var first = pictures.Clock.GetTimestamp();
        pictures.Clock.Advance(TimeSpan.FromSeconds(3));
        pictures.Primary(1, "0-1-9").Replica(2, "0-1-7");

        pictures.Topology.Hosts[1].FreshAsOf.Should().Be(first);

        pictures.Replica(2, "0-1-9").Topology.Hosts[1].FreshAsOf.Should().Be(pictures.Clock.GetTimestamp());
        pictures.Replica(2, "0-1-4").Topology.Hosts[1].FreshAsOf.Should().BeNull("it is behind all that is remembered");
    }

    [Fact]
    public void While_nothing_is_written_a_replica_that_has_everything_stays_fresh()
    {
        using var pictures = new Pictures(2).Primary(1, "0-1-5").Replica(2, "0-1-5");
        pictures.Clock.Advance(TimeSpan.FromHours(1));

        pictures.Primary(1, "0-1-5").Topology.Hosts[1].FreshAsOf.Should().Be(pictures.Clock.GetTimestamp());
    }

    [Fact]
    public void Without_positions_no_replica_is_known_to_be_fresh()
    {
        using var pictures = new Pictures(2).Primary(1, "").Replica(2, "");

        pictures.Topology.Hosts[1].FreshAsOf.Should().BeNull("a primary without a binary log has no position, and all would cover it");
    }
}
