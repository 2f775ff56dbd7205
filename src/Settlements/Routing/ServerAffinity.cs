namespace Settlements.Routing;

/// <summary>
/// The server on which the reads of a causal session stay. A server's data never goes back in time, and neither do these reads.
/// Thread-safe.
/// </summary>
public sealed class ServerAffinity
{
    private string? _server;

    /// <summary>Gets the name and port of the server; null before the first read.</summary>
    public string? Server => Volatile.Read(ref _server);

    /// <summary>Moves the affinity from one server to another, unless a concurrent read has already moved it.</summary>
    /// <param name="from">The current server; null before the first read.</param>
    /// <param name="to">
    /// The new server. After the first one, only the primary is permitted, which has all that was read from any other.
    /// </param>
    /// <returns>Whether the affinity moved; if not, read <see cref="Server"/> again.</returns>
    public bool TryMove(string? from, string to)
    {
        var server = Server;
        return server == from && Interlocked.CompareExchange(ref _server, to, server) == server;
    }
}
