using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Playback;

/// <summary>
/// Limits the starts of plays on this instance per viewer and per network address: a client that drops its cookie is a new viewer each
/// time. Thread-safe.
/// </summary>
internal sealed class StartLimits(PlayOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly WindowLimit _viewers = new(options.StartsPerMinute, Window, clock);
    private readonly WindowLimit _addresses = new(options.StartsPerAddressPerMinute, Window, clock);

    /// <summary>Counts a start.</summary>
    /// <exception cref="PlatformException">There were too many starts.</exception>
    public void Count(HttpContext context, Caller caller)
    {
        if (!_addresses.TryCount(NetworkAddress.Of(context), out var wait))
            throw TooMany($"A network address can start at most {options.StartsPerAddressPerMinute} plays a minute.", wait);
        if (!_viewers.TryCount(caller.RequireViewer(), out wait))
            throw TooMany($"A viewer can start at most {options.StartsPerMinute} plays a minute.", wait);
    }

    private static PlatformException TooMany(string limit, TimeSpan wait) =>
        PlatformException.TooManyRequests("Too many plays started", limit, wait);
}
