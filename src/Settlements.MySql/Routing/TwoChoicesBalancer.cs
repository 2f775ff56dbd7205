namespace Settlements.MySql;

/// <summary>
/// Draws two servers by weight and selects the one with fewer open connections in relation to its weight. Two draws distribute nearly as
/// evenly as comparing all, without sending all requests to the one server that just became idle (Mitzenmacher, "The Power of Two Choices
/// in Randomized Load Balancing", 2001).
/// </summary>
public sealed class TwoChoicesBalancer : IServerBalancer
{
    /// <inheritdoc/>
    public int Choose(ReadOnlySpan<ServerLoad> servers)
    {
        var weights = 0;
        foreach (var server in servers)
            weights += server.Weight;
        var first = Draw(servers, weights, without: -1);
        var second = Draw(servers, weights - servers[first].Weight, without: first);

        // Counts the new connection: an idle server of weight 1 and one of weight 2 are not equal.
        var firstLoad = (servers[first].InFlight + 1L) * servers[second].Weight;
        var secondLoad = (servers[second].InFlight + 1L) * servers[first].Weight;
        return firstLoad <= secondLoad ? first : second;
    }

    private static int Draw(ReadOnlySpan<ServerLoad> servers, int weights, int without)
    {
        var rest = Random.Shared.Next(weights);
        for (var i = 0; ; i++)
        {
            if (i == without)
                continue;
            rest -= servers[i].Weight;
            if (rest < 0)
                return i;
        }
    }
}
