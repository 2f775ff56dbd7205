using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The usage sources of an application: the library's event table first, then the configured sources in their order. Immutable.
/// </summary>
internal sealed class UsageSources : IAsyncDisposable, IDisposable
{
    private readonly SettlementPlan _plan;

    public UsageSources(IUsageSourceFactory factory, SettlementPlan plan, IServiceProvider services)
    {
        _plan = plan;
        EventTable = factory.CreateEventTable();
        Configured = [.. plan.Sources.Select(t => t.Reader is { } reader ? reader.Create(t, services) : factory.CreateTable(t))];
        Scales = new UsageScales(Configured);
    }

    /// <summary>The library's event table, which counts every meter on every day and records late events.</summary>
    public IUsageSource EventTable { get; }

    /// <summary>
    /// The configured sources. Their definitions are recorded with each day, and their late rows are found by reconciling.
    /// </summary>
    public IReadOnlyList<IUsageSource> Configured { get; }

    /// <summary>The scales of the meters that sources count in smaller units.</summary>
    public UsageScales Scales { get; }

    /// <summary>
    /// Returns whether a meter is one of those that a source selects by the value of a column, and is neither priced nor declared.
    /// </summary>
    public bool IsUndeclared(string meter) =>
        !_plan.Rates.ContainsKey(meter) && !_plan.UnpricedMeters.Contains(meter, StringComparer.Ordinal) && IsSelectedByValue(meter);

    /// <summary>Returns whether a source selects a meter by the value of a column.</summary>
    public bool IsSelectedByValue(string meter) => Configured.Any(s => s.Meters.Any(m => m.HasValues && m.Covers(meter)));

    public IEnumerable<IUsageSource> All => Configured.Prepend(EventTable);

    /// <summary>Validates each source once.</summary>
    /// <exception cref="UsageSourceException">A source is not valid.</exception>
    public static async Task ValidateAsync(IEnumerable<IUsageSource> sources, CancellationToken cancellationToken)
    {
        foreach (var source in sources.DistinctBy(s => s.Name))
            await source.ValidateAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var source in Configured.OfType<IDisposable>())
            source.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in Configured)
        {
            if (source is IAsyncDisposable disposable)
                await disposable.DisposeAsync().ConfigureAwait(false);
            else
                (source as IDisposable)?.Dispose();
        }
    }
}
