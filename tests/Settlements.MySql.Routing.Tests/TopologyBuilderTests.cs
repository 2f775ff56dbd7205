using Settlements.Routing;

namespace Settlements.MySql.Routing.Tests;

public sealed class TopologyBuilderTests
{
    [Fact]
    public void A_writable_server_without_a_replication_source_is_the_primary()
    {
        using var simulated = new SimulatedServers(3).Replica(1, "0-1-5").Primary(2, "0-1-5").Replica(3, "0-1-5");

        simulated.Topology.Primary!.Server.Name.Should().Be("db2:3306");
        simulated.Topology.Servers.Select(h => h.Role).Should().Equal(ServerRole.Replica, ServerRole.Primary, ServerRole.Replica);
    }

    [Theory]
    [InlineData("Running")]
    [InlineData("Connecting")]
    [InlineData("ApplierStopped")]
    [InlineData("ReceiverStopped")]
    public void A_writable_replica_is_never_the_primary(string replication)
    {
        using var simulated = new SimulatedServers(2).Primary(1, "0-1-5").Replica(
            2, "0-1-5", Enum.Parse<Replication>(replication), isReadOnly: false);

        simulated.Topology.Primary!.Server.Name.Should().Be("db1:3306");
        simulated.Down(1).Topology.Primary.Should().BeNull();
    }

    [Fact]
    public void Only_positions_of_replicas_of_the_primary_are_trusted()
    {
        using var simulated = new SimulatedServers(4)
            .Primary(1, "0-1-20").Replica(2, "0-1-20").Replica(3, "0-1-20", source: 2).Replica(4, "0-1-20", Replication.None, source: 0);
        simulated.Topology.Servers.Select(h => h.IsTrusted)
            .Should().Equal([false, true, true, false], "a server without a source may have another history");

        simulated.Replica(2, "0-1-20", Replication.ReceiverStopped);
        simulated.Topology.Servers.Select(h => h.IsTrusted)
            .Should().Equal([false, false, false, false], "the replicas of a stopped replica are behind it");

        simulated.Replica(2, "0-1-20").Ahead(2);
        simulated.Topology.Servers[1].Detail.Should().Match("*transactions that the primary doesn't have*");
        simulated.Topology.Servers[1].FreshAsOf.Should().BeNull();
    }

    [Fact]
    public void Replicas_of_the_old_primary_are_trusted_until_there_is_a_new_one()
    {
        using var simulated = new SimulatedServers(3).Primary(1, "0-1-20").Replica(2, "0-1-20").Replica(
            3, "0-1-20", Replication.Connecting);
        simulated.Down(1).Topology.Servers[2].IsTrusted.Should().BeTrue();

        simulated.Primary(2, "0-2-21").Topology.Servers[2].IsTrusted
            .Should().BeFalse("it may have transactions that were lost with the old primary");
        simulated.Topology.Servers[2].Detail.Should().Match("*replicates from db1, which is not the primary db2:3306*");
        simulated.Replica(3, "0-1-20", source: 2).Topology.Servers[2].IsTrusted.Should().BeTrue();
    }

    [Fact]
    public void A_primary_whose_binary_log_was_reset_starts_a_new_history()
    {
        using var simulated = new SimulatedServers(2).Primary(1, "0-1-20").Replica(2, "0-1-20").Primary(1, "0-1-1").Replica(2, "0-1-0");

        simulated.Topology.Servers[1].FreshAsOf.Should().BeNull();
    }

    [Fact]
    public void Two_primaries_are_an_error_that_names_both_and_neither_gets_writes()
    {
        using var simulated = new SimulatedServers(3).Primary(1, "0-1-5").Primary(2, "0-2-6").Replica(3, "0-1-5");

        simulated.Topology.Primary.Should().BeNull();
        simulated.Topology.NoPrimaryReason.Should().Match("*db1:3306 and db2:3306 are both primaries*read_only*");
        simulated.Topology.Servers.Select(h => h.State).Should().Equal(ServerState.Refused, ServerState.Refused, ServerState.Up);
    }

    [Fact]
    public void An_unresponsive_primary_remains_the_primary_until_another_is_promoted()
    {
        using var simulated = new SimulatedServers(2).Primary(1, "0-1-5").Replica(2, "0-1-5").NotResponding(1);

        simulated.Topology.Primary!.Server.Name.Should().Be("db1:3306");
        simulated.Clock.Advance(TimeSpan.FromSeconds(1));
        simulated.Primary(2, "0-2-6").Topology.Primary!.Server.Name.Should().Be("db2:3306");
    }

    [Fact]
    public void Two_primaries_stay_an_error_when_one_of_them_answers_late()
    {
        using var simulated = new SimulatedServers(2).Primary(1, "0-1-5").Primary(2, "0-2-6");
        simulated.Clock.Advance(TimeSpan.FromSeconds(1));
        simulated.Primary(1, "0-1-5").NotResponding(1);

        simulated.Topology.Primary.Should().BeNull("both were primaries at the same time");
        simulated.Down(1).Topology.Primary!.Server.Name.Should().Be("db2:3306");
    }

    [Fact]
    public void A_new_primary_starts_a_new_history()
    {
        using var simulated = new SimulatedServers(3).Primary(1, "0-1-50").Replica(2, "0-1-50").Replica(3, "0-1-50").Down(1);
        simulated.Clock.Advance(TimeSpan.FromSeconds(1));
        simulated.Primary(2, "0-2-51").Replica(3, "0-1-50", source: 2);

        simulated.Topology.Servers[2].FreshAsOf.Should().BeNull("the old primary's positions do not bound the lag behind the new one");
    }

    [Fact]
    public void A_server_whose_old_address_is_down_is_not_refused_as_a_duplicate()
    {
        using var simulated = new SimulatedServers(2).Primary(1, "0-1-5").Down(1).Primary(2, "0-1-5").SameServer(2, 1);

        simulated.Topology.Primary!.Server.Name.Should().Be("db2:3306");
    }

    [Fact]
    public void The_same_server_under_two_names_is_used_once_and_reported()
    {
        using var simulated = new SimulatedServers(2).Primary(1, "0-1-5").Replica(2, "0-1-5").SameServer(2, 1);

        simulated.Topology.Servers[1].State.Should().Be(ServerState.Refused);
        simulated.Topology.Servers[1].Detail.Should().Match("*same server as db1:3306*");
        simulated.Topology.Primary!.Server.Name.Should().Be("db1:3306");
        simulated.Invoking(p => StartCheck.Require(p.Topology)).Should().Throw<RoutingException>()
            .WithMessage("*db2:3306: it is the same server as db1:3306*list each server once*");
    }

    [Fact]
    public void A_start_without_a_primary_is_an_error_if_all_servers_answer()
    {
        using var simulated = new SimulatedServers(2).Replica(1, "0-1-5").Replica(2, "0-1-5");

        simulated.Invoking(p => StartCheck.Require(p.Topology)).Should().Throw<RoutingException>()
            .WithMessage("*No server is a primary*Add the primary to the list*");
        simulated.Down(2).Invoking(p => StartCheck.Require(p.Topology)).Should().NotThrow("the unreachable server may be the primary");
        simulated.Down(1).Invoking(p => StartCheck.Require(p.Topology)).Should().Throw<RoutingException>()
            .WithMessage("*No server answers*db1:3306: refused*db2:3306: refused*");
    }

    [Fact]
    public void A_replica_is_fresh_as_of_the_last_probe_that_found_the_primary_at_its_position()
    {
        using var simulated = new SimulatedServers(2).Primary(1, "0-1-5");
        var first = simulated.Clock.GetTimestamp();
        simulated.Clock.Advance(TimeSpan.FromSeconds(3));
        simulated.Primary(1, "0-1-9").Replica(2, "0-1-7");

        simulated.Topology.Servers[1].FreshAsOf.Should().Be(first);

        simulated.Replica(2, "0-1-9").Topology.Servers[1].FreshAsOf.Should().Be(simulated.Clock.GetTimestamp());
        simulated.Replica(2, "0-1-4").Topology.Servers[1].FreshAsOf.Should().BeNull("it is behind all recorded positions");
    }

    [Fact]
    public void While_nothing_is_written_an_up_to_date_replica_stays_fresh()
    {
        using var simulated = new SimulatedServers(2).Primary(1, "0-1-5").Replica(2, "0-1-5");
        simulated.Clock.Advance(TimeSpan.FromHours(1));

        simulated.Primary(1, "0-1-5").Topology.Servers[1].FreshAsOf.Should().Be(simulated.Clock.GetTimestamp());
    }

    [Fact]
    public void Without_positions_no_replica_is_known_to_be_fresh()
    {
        using var simulated = new SimulatedServers(2).Primary(1, "").Replica(2, "");

        simulated.Topology.Servers[1].FreshAsOf
            .Should().BeNull("an empty position, of a primary without a binary log, is covered by any position");
    }
}
