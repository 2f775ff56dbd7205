using System.Data.Common;
using Microsoft.Extensions.Logging;
using Settlements.Stores;

namespace Settlements;

/// <summary>Commits groups of writes and answers each of them: after its commit, or with its failure. One group at a time.</summary>
internal sealed partial class EventCommitter(IEventStore store, UsageWriterLimits limits, TimeProvider clock, ILogger logger)
{
    /// <summary>When this many writes fail one after the other, each by itself, it is the store that fails, and not they.</summary>
    private const int FailuresInARowMax = 3;

    private readonly EventBatch _batch = new(limits.GroupEventsMax);
    private readonly EventEncoder _encoder = new();
    private readonly Retry _retry = new(limits.RetriesMax, Backoff.OfRetries(limits.RetryDelay), clock);

    /// <summary>Writes events in a transaction that is its caller's to commit.</summary>
    public async Task<IReadOnlyList<EventOutcome>> WriteAsync(
        DbTransaction transaction, UsageEvent[] events, CancellationToken cancellationToken)
    {
        _batch.Clear();
        foreach (var one in events)
            Add(one);
        var result = await store.StoreInTransactionAsync(transaction, _batch, cancellationToken).ConfigureAwait(false);
        if (result.Conflicts is [var conflict, ..])
        {
            Count("rejected", events.Length);
            throw EventRejectedException.Conflict(_batch[conflict.Index], conflict.Stored, events.Length);
        }

        CountStored(result);
        return [.. result.Outcomes.Select(outcome => outcome!.Value)];
    }

    /// <summary>Ends when every write of the group is answered; throws nothing.</summary>
    public async Task CommitAsync(List<EventWrite> group, CancellationToken stop)
    {
        foreach (var write in group)
            SettlementTelemetry.WriterWait.Record(clock.GetElapsedTime(write.CalledAt).TotalSeconds);
        try
        {
            await StoreWithRetriesAsync(group, stop).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            var unanswered = group.FindAll(write => !write.Answer.IsCompleted);
            GroupFailed(e, unanswered.Count);
            if (unanswered.Count == 1 || stop.IsCancellationRequested)
                Fail(unanswered, e);
            else
                await StoreApartAsync(unanswered, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Retries after transient errors. An id counts once, so what was committed stays as it is.</summary>
    private Task StoreWithRetriesAsync(List<EventWrite> group, CancellationToken stop) => _retry.RunAsync(
        token => StoreAsync(group.FindAll(write => !write.Answer.IsCompleted), token),
        stop,
        (e, retry) =>
        {
            Retried(e, retry, limits.RetriesMax);
            SettlementTelemetry.WriterRetries.Add(1);
        });

    /// <summary>
    /// Finds the writes that the store can't take, and commits the others: one by itself, then twice as many each time, and one again after a
    /// failure.
    /// </summary>
    private async Task StoreApartAsync(List<EventWrite> writes, CancellationToken stop)
    {
        var (size, failures) = (1, 0);
        for (var at = 0; at < writes.Count;)
        {
            var some = writes.GetRange(at, Math.Min(size, writes.Count - at));
            try
            {
                await StoreAsync(some, stop).ConfigureAwait(false);
                (at, size, failures) = (at + some.Count, size * 2, 0);
            }
            catch (Exception) when (some.Count > 1)
            {
                size = 1;
            }
            catch (Exception e)
            {
                at++;
                Fail(++failures == FailuresInARowMax || stop.IsCancellationRequested ? writes[(at - 1)..] : some, e);
                if (writes[^1].Answer.IsCompleted)
                    return;
            }
        }
    }

    /// <summary>Stores writes in one transaction and answers them. What conflicts is answered with that, and the others are stored.</summary>
    private async Task StoreAsync(List<EventWrite> writes, CancellationToken stop)
    {
        // One event that conflicts is passed over by the store. One of several that belong together takes the transaction with it.
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
        foreach (var together in writes.FindAll(write => write.Events.Length > 1))
            await StoreAsync([together], stop).ConfigureAwait(false);
    }

    private void Fill(List<EventWrite> writes)
    {
        _batch.Clear();
        foreach (var one in writes.SelectMany(write => write.Events))
            Add(one);
    }

    private void Add(UsageEvent one)
    {
        if (_encoder.AddTo(_batch, _batch.Count + 1, one) is { } refusal)
            throw new InvalidOperationException($"Event {one.EventId:D} was fine when it was taken in, and is not now: {refusal.Reason}");
    }

    private void Answer(List<EventWrite> writes, StoredBatch result)
    {
        CountStored(result);
        var conflicts = result.Conflicts.ToDictionary(conflict => conflict.Index, conflict => conflict.Stored);
        var at = 0;
        foreach (var write in writes)
        {
            var first = at;
            at += write.Events.Length;
            if (conflicts.TryGetValue(first, out var stored))
                Reject(write, _batch[first], stored);
            else
                write.Complete([.. Enumerable.Range(first, write.Events.Length).Select(i => result.Outcomes[i]!.Value)]);
        }
    }

    private void CountStored(StoredBatch result)
    {
        if (result.Outcomes.Count != _batch.Count)
            throw new InvalidOperationException(FormattableString.Invariant($"The event store told {result.Outcomes.Count} outcomes of {_batch.Count} events. It has miscounted a batch."));

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

    [LoggerMessage(2101, LogLevel.Warning, "A group of events met a passing fault of the store and is written again: retry {Retry} of {RetriesMax}")]
    private partial void Retried(Exception exception, int retry, int retriesMax);

    [LoggerMessage(2102, LogLevel.Error, "A group of events could not be written; its {Writes} calls are tried apart, so that those that can be are")]
    private partial void GroupFailed(Exception exception, int writes);
}
