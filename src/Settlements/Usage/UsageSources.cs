using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The usage sources of an application: the library's event table first, then the configured sources in their order. Immutable.
/// </summary>
internal sealed class UsageSources
{
    public UsageSources(IUsageSourceFactory factory, IEnumerable<UsageTable> tables)
    {
        EventTable = factory.CreateEventTable();
        Configured = [.. tables.Select(factory.CreateTable)];
    }

    /// <summary>The library's event table, which counts every meter on every day and records late events.</summary>
    public IUsageSource EventTable { get; }

    /// <summary>
    /// The configured sources. Their definitions are recorded with each day, and their late rows are found by reconciling.
    /// </summary>
    public IReadOnlyList<IUsageSource> Configured { get; }

    public IEnumerable<IUsageSource> All => Configured.Prepend(EventTable);

    /// <summary>Validates each source once.</summary>
    /// <exception cref="UsageSourceException">A source is not valid.</exception>
    public static async Task ValidateAsync(IEnumerable<IUsageSource> sources, CancellationToken cancellationToken)
    {
        foreach (var source in sources.DistinctBy(s => s.Name))
            await source.ValidateAsync(cancellationToken).ConfigureAwait(false);
    }
}
