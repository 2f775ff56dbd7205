namespace Settlements.Routing;

/// <summary>The host that a session's reads stay with: what a host has only grows, so they never go back in time. Thread-safe.</summary>
public sealed class ServerAffinity
{
    private string? _host;

    /// <summary>The host, by its name and port; null before the first read.</summary>
    public string? Host => Volatile.Read(ref _host);

    /// <summary>Moves from one host to another, unless a read beside this one was quicker.</summary>
    /// <param name="from">The host that was read so far; null at first.</param>
    /// <param name="to">The host from now on; after the first the primary alone, which has all that was read at any other.</param>
    /// <returns>Whether it moved; if not, look at <see cref="Host"/> again.</returns>
    public bool TryMove(string? from, string to)
    {
        var host = Host;
        return host == from && Interlocked.CompareExchange(ref _host, to, host) == host;
    }
}
