namespace Settlements;

/// <summary>
/// The queue of writes in the order of their calls: admitted writes, up to a limit of events, followed by writes that wait for capacity.
/// It also counts the active committers, under the same lock: while the queue is not empty at least one is active, and none is idle.
/// Thread-safe.
/// </summary>
internal sealed class EventQueue(UsageWriterLimits limits, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<EventWrite> _queued = new();
    private readonly LinkedList<EventWrite> _waiting = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _queuedEvents;
    private int _committers;
    private bool _isStopped;

    /// <summary>Gets the number of queued events, and of writes that wait for capacity. For tests.</summary>
    public (int QueuedEvents, int WaitingWrites) Lengths
    {
        get
        {
            lock (_lock)
                return (_queuedEvents, _waiting.Count);
        }
    }

    /// <summary>Enqueues a write, or adds it to the writes that wait for capacity.</summary>
    /// <returns>Whether the caller must start a committer, which is already counted as active.</returns>
    /// <exception cref="EventWriteException">The queue is stopped.</exception>
    public bool Add(EventWrite write)
    {
        lock (_lock)
        {
            if (_isStopped)
                throw EventWriteException.Stopped();
            if (_waiting.Count > 0 || !HasCapacityFor(write))
            {
                _waiting.AddLast(write.Node);
                write.WaitLimit = clock.CreateTimer(_ => Expire(write), null, limits.QueueWaitMax, Timeout.InfiniteTimeSpan);
                return false;
            }

            Enqueue(write);
            if (_committers == limits.Committers)
                return false;
            _committers++;
            return true;
        }
    }

    /// <summary>Dequeues the next group for a committer: as many writes as fit in one transaction.</summary>
    /// <returns>The writes; null when the queue is empty, and the committer is no longer counted as active.</returns>
    public List<EventWrite>? Dequeue()
    {
        lock (_lock)
        {
            if (_queued.Count == 0)
            {
                _committers--;
                CompleteWhenDrained();
                return null;
            }

            var group = new List<EventWrite>(Math.Min(_queued.Count, limits.GroupEventsMax));
            var events = 0;
            while (_queued.First?.Value is { } next && events + next.Events.Length <= limits.GroupEventsMax)
            {
                events += next.Events.Length;
                Remove(next);
                group.Add(next);
            }

            AdmitWaiting();
            return group;
        }
    }

    /// <summary>Removes a write that its caller cancels, unless it was already sent.</summary>
    public void Cancel(EventWrite write, CancellationToken cancellationToken)
    {
        if (TryRemove(write, onlyWaiting: false))
            write.Cancel(cancellationToken);
    }

    /// <summary>Rejects further writes.</summary>
    /// <returns>A task that completes when all queued and waiting writes are completed.</returns>
    public Task StopAsync()
    {
        lock (_lock)
        {
            _isStopped = true;
            CompleteWhenDrained();
            return _drained.Task;
        }
    }

    /// <summary>Removes and returns all writes that are not sent.</summary>
    public IReadOnlyList<EventWrite> RemoveAll()
    {
        lock (_lock)
        {
            EventWrite[] all = [.. _queued, .. _waiting];
            foreach (var write in all)
                Remove(write);
            return all;
        }
    }

    private void Expire(EventWrite write)
    {
        if (TryRemove(write, onlyWaiting: true))
            write.Fail(EventWriteException.QueueFull(limits));
    }

    private bool TryRemove(EventWrite write, bool onlyWaiting)
    {
        lock (_lock)
        {
            if (write.Node.List is null || (onlyWaiting && write.Node.List != _waiting))
                return false;
            Remove(write);
            AdmitWaiting();
            return true;
        }
    }

    private bool HasCapacityFor(EventWrite write) => _queuedEvents + write.Events.Length <= limits.QueueEventsMax;

    // In the order of the calls: a small write does not overtake a large one that waits.
    private void AdmitWaiting()
    {
        while (_waiting.First?.Value is { } next && HasCapacityFor(next))
        {
            Remove(next);
            Enqueue(next);
        }
    }

    private void Enqueue(EventWrite write)
    {
        _queued.AddLast(write.Node);
        _queuedEvents += write.Events.Length;
        SettlementTelemetry.WriterQueueLength.Add(write.Events.Length);
    }

    private void Remove(EventWrite write)
    {
        write.WaitLimit?.Dispose();
        write.WaitLimit = null;
        if (write.Node.List == _queued)
        {
            _queuedEvents -= write.Events.Length;
            SettlementTelemetry.WriterQueueLength.Add(-write.Events.Length);
        }

        write.Node.List!.Remove(write.Node);
    }

    private void CompleteWhenDrained()
    {
        if (_isStopped && _committers == 0)
            _drained.TrySetResult();
    }
}
