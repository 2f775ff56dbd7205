using System.Data.Common;
using Microsoft.Extensions.Logging;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Commits groups of writes and completes each write, after its commit or with its error. Not thread-safe: one group at a time.
/// </summary>
internal sealed partial class EventCommitter(IEventStore store, UsageWriterLimits limits, TimeProvider clock, ILogger logger)
{
    /// <summary>
    /// The number of consecutive individual failures after which the store, rather than the writes, is considered the cause.
    /// </summary>
    private const int FailuresInARowMax = 3;

    private readonly EventBatch _batch = new(limits.GroupEventsMax);
    private readonly EventEncoder _encoder = new();
    private readonly Retry _retry = new(limits.RetriesMax, Backoff.OfRetries(limits.RetryDelay), clock);

    /// <summary>Writes events in a transaction that the caller commits.</summary>
    public async Task<IReadOnlyList<EventOutcome>> WriteAsync(
        DbTransaction transaction, UsageEvent[] events, CancellationToken cancellationToken)
    {
        _batch.Clear();
        foreach (var usageEvent in events)
            Add(usageEvent);
        var result = await store.StoreInTransactionAsync(transaction, _batch, cancellationToken).ConfigureAwait(false);
        if (result.Conflicts is [var conflict, ..])
        {
            Count("rejected", events.Length);
            throw EventRejectedException.Conflict(_batch[conflict.Index], conflict.Stored, events.Length);
        }

        CountStored(result);
        return [.. result.Outcomes.Select(outcome => outcome!.Value)];
    }

    /// <summary>Commits a group. Completes when every write of the group is completed; does not throw.</summary>
    public async Task CommitAsync(List<EventWrite> group, CancellationToken stop)
    {
        if (SettlementTelemetry.WriterWait.Enabled)
        {
            foreach (var write in group)
                SettlementTelemetry.WriterWait.Record(clock.GetElapsedTime(write.CalledAt).TotalSeconds);
        }

        try
        {
            await StoreWithRetriesAsync(group, stop).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            var incomplete = group.FindAll(write => !write.Answer.IsCompleted);
            BatchFailed(e, incomplete.Count);
            if (incomplete.Count == 1 || stop.IsCancellationRequested)
                Fail(incomplete, e);
            else
                await StoreIndividuallyAsync(incomplete, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Retries after transient errors. An id is counted once, so a retry does not repeat what was committed.</summary>
    private Task StoreWithRetriesAsync(List<EventWrite> group, CancellationToken stop) => _retry.RunAsync(
        token => StoreAsync(group.FindAll(write => !write.Answer.IsCompleted), token),
        stop,
        (e, retry) =>
        {
            Retried(e, retry, limits.RetriesMax);
            SettlementTelemetry.WriterRetries.Add(1);
        });

    /// <summary>
    /// Isolates the writes that the store rejects, and commits the others: in groups of one write, doubled after each success and reset
    /// after a failure.
    /// </summary>
    private async Task StoreIndividuallyAsync(List<EventWrite> writes, CancellationToken stop)
    {
        var (size, failures) = (1, 0);
        for (var next = 0; next < writes.Count;)
        {
            var part = writes.GetRange(next, Math.Min(size, writes.Count - next));
            try
            {
                await StoreAsync(part, stop).ConfigureAwait(false);
                (next, size, failures) = (next + part.Count, size * 2, 0);
            }
            catch (Exception) when (part.Count > 1)
            {
                size = 1;
            }
            catch (Exception e)
            {
                next++;
                Fail(++failures == FailuresInARowMax || stop.IsCancellationRequested ? writes[(next - 1)..] : part, e);
                if (writes[^1].Answer.IsCompleted)
                    return;
            }
        }
    }

    /// <summary>Stores writes in one transaction and completes them. A conflicting write fails, and the others are stored.</summary>
    private async Task StoreAsync(List<EventWrite> writes, CancellationToken stop)
    {
        // The store skips a conflicting event of a single write. A conflict in a batch rolls back the transaction.
        var isSingles = writes.TrueForAll(write => write.Events.Length == 1);
        Fill(writes);
        var conflictsMax = isSingles ? _batch.Count : 0;
        var result = await store.StoreWithOutcomesAsync(_batch, conflictsMax, stop).ConfigureAwait(false);
        if (result.Conflicts.Count <= conflictsMax)
        {
            SettlementTelemetry.WriterGroupSize.Record(_batch.Count);
            Answer(writes, result);
            return;
        }

        if (writes.Count == 1)
        {
            Reject(writes[0], _batch[result.Conflicts[0].Index], result.Conflicts[0].Stored);
            return;
        }

        var singles = writes.FindAll(write => write.Events.Length == 1);
        if (singles.Count > 0)
            await StoreAsync(singles, stop).ConfigureAwait(false);
        foreach (var batch in writes.FindAll(write => write.Events.Length > 1))
            await StoreAsync([batch], stop).ConfigureAwait(false);
    }

    private void Fill(List<EventWrite> writes)
    {
        _batch.Clear();
        foreach (var write in writes)
        {
            foreach (var usageEvent in write.Events)
                Add(usageEvent);
        }
    }

    private void Add(UsageEvent usageEvent)
    {
        if (_encoder.AddTo(_batch, _batch.Count + 1, usageEvent) is { } rejection)
        {
            throw new InvalidOperationException(
                $"Event {usageEvent.EventId:D} was valid when it was queued and is not now: {rejection.Reason} Report this as a defect.");
        }
    }

    private void Answer(List<EventWrite> writes, StoredBatch result)
    {
        CountStored(result);
        var (at, conflict) = (0, 0);
        foreach (var write in writes)
        {
            var first = at;
            at += write.Events.Length;
            if (conflict < result.Conflicts.Count && result.Conflicts[conflict].Index == first)
            {
                Reject(write, _batch[first], result.Conflicts[conflict++].Stored);
                continue;
            }

            var outcomes = new EventOutcome[write.Events.Length];
            for (var i = 0; i < outcomes.Length; i++)
                outcomes[i] = result.Outcomes[first + i]!.Value;
            write.Complete(outcomes);
        }
    }

    private void CountStored(StoredBatch result)
    {
        if (result.Outcomes.Count != _batch.Count)
        {
            throw new InvalidOperationException(FormattableString.Invariant(
                $"The event store returned {result.Outcomes.Count} outcomes for {_batch.Count} events. Correct the store."));
        }

        Count("stored", result.Stored);
        Count("duplicate", result.Duplicates);
        Count("late", result.Late);
    }

    private static void Reject(EventWrite write, UsageEvent rejected, UsageEvent stored)
    {
        Count("rejected", write.Events.Length);
        write.Fail(EventRejectedException.Conflict(rejected, stored, write.Events.Length));
    }

    private static void Fail(List<EventWrite> writes, Exception cause)
    {
        foreach (var write in writes)
            write.Fail(EventWriteException.StoreFailed(cause));
    }

    private static void Count(string outcome, int events) =>
        SettlementTelemetry.EventsWritten.Add(events, new KeyValuePair<string, object?>("settlement.outcome", outcome));

    [LoggerMessage(2101, LogLevel.Warning, "Transient store error; retrying the batch (retry {Retry} of {RetriesMax}).")]
    private partial void Retried(Exception exception, int retry, int retriesMax);

    [LoggerMessage(2102, LogLevel.Error, "Batch failed; retrying {Writes} calls individually.")]
    private partial void BatchFailed(Exception exception, int writes);
}
