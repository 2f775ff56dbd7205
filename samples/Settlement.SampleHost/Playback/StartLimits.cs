using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Playback;

/// <summary>
/// How often plays are started on this host: by a viewer, and by all viewers of a network address, since a program that drops its cookie is a new
/// viewer each time. Thread-safe.
/// </summary>
internal sealed class StartLimits(PlayOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly WindowLimit _viewers = new(options.StartsPerMinute, Window, clock);
    private readonly WindowLimit _addresses = new(options.StartsPerAddressPerMinute, Window, clock);

    /// <exception cref="PlatformException">There were too many.</exception>
    public void Count(HttpContext context, Caller caller)
    {
        if (!_addresses.TryCount(NetworkAddress.Of(context), out var wait))
            throw TooMany($"The viewers of a network address start at most {options.StartsPerAddressPerMinute} plays a minute.", wait);
        if (!_viewers.TryCount(caller.RequireViewer(), out wait))
            throw TooMany($"A viewer starts at most {options.StartsPerMinute} plays a minute.", wait);
    }

    private static PlatformException TooMany(string limit, TimeSpan wait) => PlatformException.TooManyRequests("Too many plays were started", limit, wait);
}
