namespace Settlements.Pipelines;

/// <summary>How a pipeline is run: workers, lease and retries. The defaults fit most jobs. Read once, when a run starts.</summary>
public sealed class PipelineOptions
{
    /// <summary>Chunks worked on at a time by this host. From 1 to 64; default 2.</summary>
    public int Workers { get; set; } = 2;

    /// <summary>
    /// How long a worker owns a chunk without renewing; after that another host may take it over, and what the first one still writes is
    /// refused. Renewed at every third of it. From 1 second to 1 hour; default 30 seconds.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a chunk is tried again after a deadlock, a lock timeout or a lost connection. From 0 to 100; default 5.</summary>
    public int RetriesMax { get; set; } = 5;

    /// <summary>The wait before the first retry; doubled with each further one, with jitter, up to 30 times it. From 0 to 1 minute; default 100 ms.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Compares every value with its range.</summary>
    /// <returns>All errors, each with the value, the range and the option's name; empty when there are none.</returns>
    public IEnumerable<string> Validate()
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

/// <summary>Valid <see cref="PipelineOptions"/>, as they were when they were read.</summary>
internal sealed record PipelineLimits(int Workers, TimeSpan LeaseDuration, int RetriesMax, TimeSpan RetryDelay);
