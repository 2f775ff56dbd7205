namespace Settlements.Routing;

/// <summary>Chooses among hosts that would all do. Implementations are thread-safe and quick: they are called for each read.</summary>
public interface IServerBalancer
{
    /// <summary>Chooses one.</summary>
    /// <param name="hosts">Two hosts or more.</param>
    /// <returns>The index of the chosen host.</returns>
    int Choose(ReadOnlySpan<ServerLoad> hosts);
}

/// <summary>A host's work now.</summary>
/// <param name="Name">Its name and port.</param>
/// <param name="Weight">Its share, from 1 to 1,000.</param>
/// <param name="InFlight">Connections to it that are open now.</param>
public readonly record struct ServerLoad(string Name, int Weight, int InFlight);
