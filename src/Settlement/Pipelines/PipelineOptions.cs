namespace Settlement.Pipelines;

/// <summary>How a pipeline is run. The defaults fit most jobs.</summary>
public sealed record PipelineOptions
{
    /// <summary>Chunks worked on at a time by this host. From 1 to 64; default 2.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>
    /// How long a worker owns a chunk without renewing; after that another host may take it over, and what the first one still writes is
    /// refused. Renewed at every third of it. From 1 second to 1 hour; default 30 seconds.
    /// </summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a chunk is tried again after a deadlock, a lock timeout or a lost connection. From 0 to 100; default 5.</summary>
    public int RetriesMax { get; init; } = 5;

    /// <summary>The wait before the first retry; doubled with each further one, with jitter, up to 30 times it. From 0 to 1 minute; default 100 ms.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Every value that is out of its range, in words; empty when all are fine.</summary>
    /// <returns>The faults.</returns>
    public IEnumerable<string> Faults()
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
}
