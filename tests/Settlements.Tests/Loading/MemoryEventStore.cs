using System.Data.Common;
using Settlements.Stores;

namespace Settlements.Tests.Loading;

/// <summary>An in-memory event store that fulfils the port's contract, with hooks to fail and to observe calls.</summary>
internal sealed class MemoryEventStore : IEventStore
{
    private readonly Dictionary<Guid, UsageEvent> _events = [];
    private int _calls;

    public IReadOnlyCollection<UsageEvent> Events => _events.Values;

    /// <summary>Number of calls so far.</summary>
    public int Calls => _calls;

    public Func<int, CancellationToken, Task>? OnCall { get; init; }

    /// <summary>Called after a batch is committed and before the call returns.</summary>
    public Func<int, Task>? OnCommitted { get; init; }

    /// <summary>Returns the exception with which a batch that contains the event fails; null if it doesn't.</summary>
    public Func<UsageEvent, Exception?>? Poison { get; init; }

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
        StoredBatch result;
        lock (_events)
            result = Store(batch, conflictsMax);
        if (OnCommitted is not null)
            await OnCommitted(call);
        return result;
    }

    public Task<StoredBatch> StoreWithOutcomesAsync(EventBatch batch, int conflictsMax, CancellationToken cancellationToken) =>
        StoreAsync(batch, conflictsMax, cancellationToken);

    public Task<StoredBatch> StoreInTransactionAsync(DbTransaction transaction, EventBatch batch, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Memory has no transactions.");

    public Task<IReadOnlyList<EventNote>> ListNotesAsync(
        string meter, string itemId, string payeeId, UtcRange range, int countMax, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private StoredBatch Store(EventBatch batch, int conflictsMax)
    {
        var coming = new Dictionary<Guid, UsageEvent>();
        var conflicts = new List<EventConflict>();
        var outcomes = new EventOutcome?[batch.Count];
        int duplicates = 0, late = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var billable = batch[i];
            if (Poison?.Invoke(billable) is { } fault)
                throw fault;
            if (!_events.TryGetValue(billable.EventId, out var known) && !coming.TryGetValue(billable.EventId, out known))
            {
                coming.Add(billable.EventId, billable);
                outcomes[i] = billable.OccurredAt < FirstOpenInstant ? EventOutcome.Late : EventOutcome.Stored;
                late += outcomes[i] == EventOutcome.Late ? 1 : 0;
            }
            else if (known == billable)
            {
                outcomes[i] = EventOutcome.Duplicate;
                duplicates++;
            }
            else
                conflicts.Add(new EventConflict(i, known));
        }

        if (conflicts.Count > conflictsMax)
            return new StoredBatch(0, 0, 0, conflicts[..(conflictsMax + 1)]);
        foreach (var (id, billable) in coming)
            _events.Add(id, billable);
        BatchSizes.Add(batch.Count);
        return new StoredBatch(coming.Count, duplicates, late, conflicts) { Outcomes = outcomes };
    }
}
