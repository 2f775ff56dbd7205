using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The usage sources of an application: the library's own event table first, then those that are configured, in their order. Immutable.
/// </summary>
internal sealed class UsageSources
{
    public UsageSources(IUsageSourceFactory factory, IEnumerable<UsageTable> tables)
    {
        EventTable = factory.CreateEventTable();
        Configured = [.. tables.Select(factory.CreateTable)];
    }

    /// <summary>The library's own event table, which counts every meter of every day and notes late events itself.</summary>
    public IUsageSource EventTable { get; }

    /// <summary>The other sources: what they count is recorded with each day, and late rows are found by reconciling.</summary>
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
