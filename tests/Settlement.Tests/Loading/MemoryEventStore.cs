using Settlement.BillableEvents;

namespace Settlement.Tests.Loading;

/// <summary>An event store in memory that keeps the port's contract; with ways to fail and to look on.</summary>
internal sealed class MemoryEventStore : IEventStore
{
    private readonly Dictionary<Guid, BillableEvent> _events = [];
    private int _calls;

    public IReadOnlyCollection<BillableEvent> Events => _events.Values;

    /// <summary>The number of calls so far, and what happens at the start of each.</summary>
    public int Calls => _calls;

    public Func<int, CancellationToken, Task>? OnCall { get; init; }

    public List<int> BatchSizes { get; } = [];

    /// <summary>Events before this instant are late.</summary>
    public DateTimeOffset FirstOpenInstant { get; init; }

    public async Task<StoredBatch> StoreAsync(EventBatch batch, int conflictsMax, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(conflictsMax);
        var call = Interlocked.Increment(ref _calls);
        if (OnCall is not null)
            await OnCall(call, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_events)
            return Store(batch, conflictsMax);
    }

    private StoredBatch Store(EventBatch batch, int conflictsMax)
    {
        var coming = new Dictionary<Guid, BillableEvent>();
        var conflicts = new List<EventConflict>();
        int duplicates = 0, late = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var billable = batch[i];
            if (!_events.TryGetValue(billable.EventId, out var known) && !coming.TryGetValue(billable.EventId, out known))
            {
                coming.Add(billable.EventId, billable);
                late += billable.OccurredAt < FirstOpenInstant ? 1 : 0;
            }
            else if (known == billable)
                duplicates++;
            else
                conflicts.Add(new EventConflict(i, known));
        }

        if (conflicts.Count > conflictsMax)
            return new StoredBatch(0, 0, 0, conflicts[..(conflictsMax + 1)]);
        foreach (var (id, billable) in coming)
            _events.Add(id, billable);
        BatchSizes.Add(batch.Count);
        return new StoredBatch(coming.Count, duplicates, late, conflicts);
    }
}
