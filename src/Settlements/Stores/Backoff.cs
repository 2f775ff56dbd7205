namespace Settlements.Stores;

/// <summary>
/// Exponential back-off: delays that double with each attempt up to a limit, with a jitter of ± 50 %, so that instances that conflicted
/// once don't conflict again. Immutable and thread-safe.
/// </summary>
/// <param name="First">The delay after the first attempt, before jitter.</param>
/// <param name="Max">The maximum delay, before jitter.</param>
internal readonly record struct Backoff(TimeSpan First, TimeSpan Max)
{
    /// <summary>The maximum delay before a retry, as a multiple of the first.</summary>
    public const int RetryFactorMax = 30;

    /// <summary>Creates the back-off of retries after transient errors.</summary>
    public static Backoff OfRetries(TimeSpan first) => new(first, first * RetryFactorMax);

    /// <summary>Returns the delay after an attempt.</summary>
    /// <param name="attempt">The attempt, from 0.</param>
    /// <returns>From 0.5 to 1.5 times the delay without jitter.</returns>
    public TimeSpan DelayAfter(int attempt) => WithoutJitter(attempt) * (0.5 + Random.Shared.NextDouble());

    /// <summary>Returns the delay without jitter. The factor is limited before the multiplication, which would overflow.</summary>
    private TimeSpan WithoutJitter(int attempt) =>
        First <= TimeSpan.Zero ? TimeSpan.Zero : First * Math.Min(Max / First, Math.Pow(2, attempt));
}
