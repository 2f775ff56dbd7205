namespace Settlement.Routing;

/// <summary>The host that a session's reads stay with: what a host has only grows, so they never go back in time. Thread-safe.</summary>
public sealed class HostAffinity
{
    private string? _host;

    /// <summary>The host, by its name and port; null before the first read.</summary>
    public string? Host => Volatile.Read(ref _host);

    /// <summary>Stays with a host, if none was chosen yet.</summary>
    /// <param name="host">The host.</param>
    /// <returns>The host to stay with: another one where a read beside this one was quicker.</returns>
    public string StayWith(string host) => Interlocked.CompareExchange(ref _host, host, null) ?? host;

    /// <summary>Moves to a host that has all that was read at the one before: the primary.</summary>
    /// <param name="host">The host.</param>
    public void MoveTo(string host) => Volatile.Write(ref _host, host);
}
