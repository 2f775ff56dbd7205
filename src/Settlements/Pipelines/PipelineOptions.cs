namespace Settlements.Pipelines;

/// <summary>The options of a pipeline run: workers, lease and retries. The defaults suit most jobs. Read once, when a run starts.</summary>
public sealed class PipelineOptions
{
    /// <summary>Gets or sets how many chunks this instance processes concurrently. From 1 to 64; default 2.</summary>
    public int Workers { get; set; } = 2;

    /// <summary>
    /// Gets or sets the duration of a lease. Without renewal, another instance may lease the chunk afterwards, and later writes of the
    /// first owner are rejected. Leases are renewed after each third of the duration. From 1 second to 1 hour; default 30 seconds.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets how often a chunk is retried after a transient error: a deadlock, a lock timeout or a lost connection. From 0 to 100;
    /// default 5.
    /// </summary>
    public int RetriesMax { get; set; } = 5;

    /// <summary>
    /// Gets or sets the delay before the first retry. It doubles with each retry, with jitter, up to 30 times this value. From 0 to 1
    /// minute; default 100 ms.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Checks every value against its range.</summary>
    /// <returns>All errors, each with the value, the range and the option's name; empty when there are none.</returns>
    internal IEnumerable<string> Validate()
    {
        if (Workers is < 1 or > 64)
            yield return FormattableString.Invariant($"Workers is {Workers}; use 1 to 64.");
        if (LeaseDuration < TimeSpan.FromSeconds(1) || LeaseDuration > TimeSpan.FromHours(1))
            yield return $"LeaseDuration is {LeaseDuration}; use 1 second to 1 hour.";
        if (RetriesMax is < 0 or > 100)
            yield return FormattableString.Invariant($"RetriesMax is {RetriesMax}; use 0 to 100.");
        if (RetryDelay < TimeSpan.Zero || RetryDelay > TimeSpan.FromMinutes(1))
            yield return $"RetryDelay is {RetryDelay}; use 0 to 1 minute.";
    }

    internal PipelineLimits ToLimits() => new(Workers, LeaseDuration, RetriesMax, RetryDelay);
}

/// <summary>A validated, immutable copy of <see cref="PipelineOptions"/>.</summary>
internal sealed record PipelineLimits(int Workers, TimeSpan LeaseDuration, int RetriesMax, TimeSpan RetryDelay);
