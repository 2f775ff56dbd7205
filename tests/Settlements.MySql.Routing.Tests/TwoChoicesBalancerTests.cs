namespace Settlements.MySql.Routing.Tests;

public sealed class TwoChoicesBalancerTests
{
    [Fact]
    public void The_server_with_less_load_per_weight_of_two_is_chosen()
    {
        var balancer = new TwoChoicesBalancer();
        for (var i = 0; i < 100; i++)
        {
            balancer.Choose([new ServerLoad("a", 1, 5), new ServerLoad("b", 1, 4)]).Should().Be(1);
            balancer.Choose([new ServerLoad("a", 3, 5), new ServerLoad("b", 1, 4)]).Should().Be(0);
        }
    }

    [Fact]
    public void Idle_servers_are_chosen_in_proportion_to_their_weights()
    {
        var balancer = new TwoChoicesBalancer();
        var inFlight = new int[3];
        int[] weights = [1, 1, 2];
        for (var i = 0; i < 4000; i++)
            inFlight[balancer.Choose([.. weights.Select((w, host) => new ServerLoad($"{host}", w, inFlight[host]))])]++;

        inFlight[2].Should().BeInRange(1900, 2100, "work is spread by weight");
        inFlight[0].Should().BeInRange(900, 1100);
    }

    [Fact]
    public void The_server_with_the_highest_load_is_never_chosen()
    {
        var balancer = new TwoChoicesBalancer();
        for (var i = 0; i < 1000; i++)
            balancer.Choose([new ServerLoad("a", 1, 1), new ServerLoad("b", 1, 9), new ServerLoad("c", 1, 1)]).Should().NotBe(1);
    }
}
