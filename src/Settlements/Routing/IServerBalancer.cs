namespace Settlements.Routing;

/// <summary>
/// Selects one of several equally suitable servers. Implementations must be thread-safe and fast: they are called for each read.
/// </summary>
public interface IServerBalancer
{
    /// <summary>Selects a server.</summary>
    /// <param name="servers">The servers, at least two.</param>
    /// <returns>The index of the selected server.</returns>
    int Choose(ReadOnlySpan<ServerLoad> servers);
}

/// <summary>The current load of a server.</summary>
/// <param name="Name">The name and port.</param>
/// <param name="Weight">The weight, from 1 to 1,000.</param>
/// <param name="InFlight">The number of open connections.</param>
public readonly record struct ServerLoad(string Name, int Weight, int InFlight);
