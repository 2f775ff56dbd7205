using System.Collections.Concurrent;

namespace Settlement.SampleHost.Hosting;

/// <summary>Counts by key in windows of fixed length, which begin at the same time for all keys, by the host's clock. Thread-safe.</summary>
/// <param name="max">The most of a key in a window.</param>
/// <param name="window">The window's length.</param>
/// <param name="clock">The host's clock.</param>
internal sealed class WindowLimit(int max, TimeSpan window, TimeProvider clock)
{
    /// <summary>The most keys of a window that are counted apart; those beyond share one count, so that memory stays bounded.</summary>
    private const int KeysMax = 200_000;

    private const string Others = "";

    private readonly Lock _turning = new();
    private Counts _counts = new(long.MinValue, []);

    /// <summary>Counts one.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="wait">How long until the next window, when there were too many.</param>
    /// <returns>False, when the most of the key were counted in this window already.</returns>
    public bool TryCount(string key, out TimeSpan wait)
    {
        var ticks = clock.GetUtcNow().UtcTicks;
        wait = TimeSpan.FromTicks(window.Ticks - ticks % window.Ticks);
        var byKey = At(ticks / window.Ticks).ByKey;
        if (byKey.Count >= KeysMax && !byKey.ContainsKey(key))
            key = Others;
        return byKey.AddOrUpdate(key, 1, (_, count) => count + 1) <= max;
    }

    private Counts At(long number)
    {
        lock (_turning)
        {
            if (_counts.Number != number)
                _counts = new Counts(number, new ConcurrentDictionary<string, long>(StringComparer.Ordinal));
            return _counts;
        }
    }

    private sealed record Counts(long Number, ConcurrentDictionary<string, long> ByKey);
}
