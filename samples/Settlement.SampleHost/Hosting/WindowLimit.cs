using System.Collections.Concurrent;

namespace Settlement.SampleHost.Hosting;

/// <summary>A fixed-window rate limiter by key. Windows start at the same time for all keys. Thread-safe.</summary>
/// <param name="max">The maximum count of a key per window.</param>
/// <param name="window">The length of a window.</param>
/// <param name="clock">The clock.</param>
internal sealed class WindowLimit(int max, TimeSpan window, TimeProvider clock)
{
    /// <summary>The maximum number of keys per window; further keys share one count, so that memory is bounded.</summary>
    private const int KeysMax = 200_000;

    private const string Others = "";

    private readonly Lock _lock = new();
    private Counts _counts = new(long.MinValue, []);

    /// <summary>Counts an attempt.</summary>
    /// <param name="key">The key.</param>
    /// <param name="wait">The time until the next window.</param>
    /// <returns>False if the key has exceeded the maximum in this window.</returns>
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
        lock (_lock)
        {
            if (_counts.Number != number)
                _counts = new Counts(number, new ConcurrentDictionary<string, long>(StringComparer.Ordinal));
            return _counts;
        }
    }

    private sealed record Counts(long Number, ConcurrentDictionary<string, long> ByKey);
}
