namespace Settlements.MySql;

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
public readonly struct ServerLoad(string name, int weight, int inFlight)
{
    /// <summary>The name and port.</summary>
    public string Name { get; } = name;

    /// <summary>The weight, from 1 to 1,000.</summary>
    public int Weight { get; } = weight;

    /// <summary>The number of open connections.</summary>
    public int InFlight { get; } = inFlight;
}
