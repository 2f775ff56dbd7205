using Settlements.Stores;

namespace Settlements.Tests.Usage;

/// <summary>Creates sources that have a configuration and throw when they are read.</summary>
internal sealed class UnreadSources : IUsageSourceFactory
{
    public IUsageSource CreateEventTable() => new UnreadSource(IUsageSource.EventTableName, []);

    public IUsageSource CreateTable(UsageTable table) => new UnreadSource(table.Name, table.Meters);

    private sealed class UnreadSource(string name, IReadOnlyList<SourceMeter> meters) : IUsageSource
    {
        public string Name => name;

        public IReadOnlyList<SourceMeter> Meters => meters;

        public Task<string> IdentifyAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task ValidateAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<DateTimeOffset?> FindFirstInstantAsync(DateTimeOffset? from, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<SourceSlice>> SliceAsync(SourceDay day, int rowsMax, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<long> SumAsync(SourceDay day, SourceSlice? slice, SumAccumulator totals, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
