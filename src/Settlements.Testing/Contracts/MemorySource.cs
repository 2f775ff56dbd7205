using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>
/// A usage source in memory, outside of any database and without a key: it slices days by a hash of the item and returns summed groups.
/// </summary>
internal sealed class MemorySource(string name, IReadOnlyList<SourceMeter> meters, int slices) : IUsageSource
{
    /// <summary>The usage events; events of meters that the source doesn't have are ignored.</summary>
    public ConcurrentQueue<UsageEvent> Events { get; } = [];

    /// <summary>The completely summed slices, in order.</summary>
    public ConcurrentQueue<SourceSlice> Summed { get; } = [];

    private int _wholeDays;

    private int _validations;

    /// <summary>The number of validations.</summary>
    public int Validations => _validations;

    /// <summary>The accumulators that received sums.</summary>
    public ConcurrentDictionary<SumAccumulator, bool> Accumulators { get; } = [];

    /// <summary>The number of sums of whole days, by which days are reconciled and verified.</summary>
    public int WholeDays => _wholeDays;

    /// <summary>Called before a slice is summed.</summary>
    public Action<SourceSlice> Summing { get; set; } = _ => { };

    /// <summary>The state that the source tells; null when it can't.</summary>
    public string? State { get; set; }

    public string Name => name;

    public IReadOnlyList<SourceMeter> Meters => meters;

    public Task<string> IdentifyAsync(CancellationToken cancellationToken) => Task.FromResult("memory");

    public Task ValidateAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _validations);
        return Task.CompletedTask;
    }

    public Task<DateTimeOffset?> FindFirstInstantAsync(DateTimeOffset? from, CancellationToken cancellationToken) =>
        Task.FromResult(Events.Where(e => from is null || e.OccurredAt >= from).Min(e => (DateTimeOffset?)e.OccurredAt));

    public Task<string?> FindStateAsync(SourceDay day, CancellationToken cancellationToken) => Task.FromResult(State);

    /// <summary>Cuts the range of the hash into equal slices; the last one has no upper bound.</summary>
    public Task<IReadOnlyList<SourceSlice>> SliceAsync(SourceDay day, int rowsMax, CancellationToken cancellationToken)
    {
        var width = ulong.MaxValue / (ulong)slices;
        return Task.FromResult<IReadOnlyList<SourceSlice>>([.. Enumerable.Range(0, slices).Select(i => new SourceSlice(
            [SliceValue.Of((ulong)i * width)], i == slices - 1 ? null : [SliceValue.Of((ulong)(i + 1) * width)]))]);
    }

    public Task<long> SumAsync(SourceDay day, SourceSlice? slice, SumAccumulator totals, CancellationToken cancellationToken)
    {
        if (slice is not null)
            Summing(slice);
        Accumulators.TryAdd(totals, true);
        var (from, to) = (slice?.From?[0].Value as ulong?, slice?.To?[0].Value as ulong?);
        var rows = 0L;
        var counted = Events.Where(e => day.Range.Contains(e.OccurredAt) && day.Meters.Any(m => m.Meter == e.Meter)).ToList();
        foreach (var group in counted.GroupBy(e => (e.Meter, e.ItemId, e.PayeeId)))
        {
            var item = Encoding.UTF8.GetBytes(group.Key.ItemId);
            var hash = Hash(item);
            if (hash < (from ?? 0) || hash >= to)
                continue;
            totals.AddSum(
                Encoding.UTF8.GetBytes(group.Key.Meter), item, Encoding.UTF8.GetBytes(group.Key.PayeeId), 0,
                group.Aggregate(Int128.Zero, (sum, e) => sum + e.Quantity), group.LongCount());
            rows += group.LongCount();
        }

        if (slice is not null)
            Summed.Enqueue(slice);
        else
            Interlocked.Increment(ref _wholeDays);
        return Task.FromResult(rows);
    }

    /// <summary>FNV-1a, rotated so that its best distributed bits are the high ones, which ranges compare.</summary>
    private static ulong Hash(ReadOnlySpan<byte> text)
    {
        var hash = 14_695_981_039_346_656_037UL;
        foreach (var b in text)
            hash = unchecked((hash ^ b) * 1_099_511_628_211UL);
        return ulong.RotateLeft(hash, 32);
    }

    /// <summary>Decorates the store's factory so that it returns this source for the configured table of the same name.</summary>
    public void AddTo(IServiceCollection services)
    {
        var store = services.Last(s => s.ServiceType == typeof(IUsageSourceFactory)).ImplementationFactory!;
        services.AddSingleton<IUsageSourceFactory>(p => new Factory((IUsageSourceFactory)store(p), this));
    }

    private sealed class Factory(IUsageSourceFactory store, MemorySource source) : IUsageSourceFactory
    {
        public IUsageSource CreateEventTable() => store.CreateEventTable();

        public IUsageSource CreateTable(UsageTable table) => table.Name == source.Name ? source : store.CreateTable(table);
    }
}
