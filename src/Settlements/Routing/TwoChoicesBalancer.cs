namespace Settlements.Routing;

/// <summary>
/// Of two hosts drawn by weight, the one with fewer open connections for its weight. Two draws are nearly as even as looking at all, and don't
/// send everybody to the one host that just became free (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001).
/// </summary>
public sealed class TwoChoicesBalancer : IServerBalancer
{
    /// <inheritdoc/>
    public int Choose(ReadOnlySpan<ServerLoad> hosts)
    {
        var weights = 0;
        foreach (var host in hosts)
            weights += host.Weight;
        var first = Draw(hosts, weights, without: -1);
        var second = Draw(hosts, weights - hosts[first].Weight, without: first);

        // With what it would have: an idle host of weight 1 and one of weight 2 are not the same.
        var one = (hosts[first].InFlight + 1L) * hosts[second].Weight;
        var two = (hosts[second].InFlight + 1L) * hosts[first].Weight;
        return one <= two ? first : second;
    }

    private static int Draw(ReadOnlySpan<ServerLoad> hosts, int weights, int without)
    {
        var rest = Random.Shared.Next(weights);
        for (var i = 0; ; i++)
        {
            if (i == without)
                continue;
            rest -= hosts[i].Weight;
            if (rest < 0)
                return i;
        }
    }
}
