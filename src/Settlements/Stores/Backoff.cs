namespace Settlements.Stores;

/// <summary>
/// Exponential back-off: waits that double with each attempt up to a limit, each with a jitter of ± 50 %, so that instances that collided
/// once don't collide again. Immutable and thread-safe.
/// </summary>
/// <param name="First">The wait after the first attempt, before jitter.</param>
/// <param name="Max">The longest wait, before jitter.</param>
internal readonly record struct Backoff(TimeSpan First, TimeSpan Max)
{
    /// <summary>The limit of a wait before a retry, as a multiple of the first.</summary>
    public const int RetryFactorMax = 30;

    /// <summary>The waits before retries after transient errors.</summary>
    public static Backoff OfRetries(TimeSpan first) => new(first, first * RetryFactorMax);

    /// <summary>The wait after an attempt.</summary>
    /// <param name="attempt">The attempt, from 0.</param>
    /// <returns>From 0.5 to 1.5 times the wait without jitter.</returns>
    public TimeSpan DelayAfter(int attempt) => WithoutJitter(attempt) * (0.5 + Random.Shared.NextDouble());

    /// <summary>The wait after an attempt, without jitter: capped before the multiplication, which would overflow.</summary>
    private TimeSpan WithoutJitter(int attempt) =>
        First <= TimeSpan.Zero ? TimeSpan.Zero : First * Math.Min(Max / First, Math.Pow(2, attempt));
}
