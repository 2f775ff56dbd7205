namespace Settlements;

/// <summary>
/// Writes in the order of their calls: those taken in, up to a number of events, and behind them those that wait for room. It counts the
/// committers too, under the same lock: while anything is queued at least one is at work, and none is kept idle. Thread-safe.
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

    /// <summary>Events queued, and writes that wait for room: for tests.</summary>
    public (int QueuedEvents, int WaitingWrites) Lengths
    {
        get
        {
            lock (_lock)
                return (_queuedEvents, _waiting.Count);
        }
    }

    /// <summary>Takes a write in, or lets it wait for room.</summary>
    /// <returns>Whether a committer has to be started; it counts as being at work.</returns>
    /// <exception cref="EventWriteException">The queue is stopped.</exception>
    public bool Add(EventWrite write)
    {
        lock (_lock)
        {
            if (_isStopped)
                throw EventWriteException.Stopped();
            if (_waiting.Count > 0 || !HasRoomFor(write))
            {
                _waiting.AddLast(write.Place);
                write.WaitLimit = clock.CreateTimer(_ => Expire(write), null, limits.QueueWaitMax, Timeout.InfiniteTimeSpan);
                return false;
            }

            TakeIn(write);
            if (_committers == limits.Committers)
                return false;
            _committers++;
            return true;
        }
    }

    /// <summary>Takes the next group out, for a committer: as many writes as one transaction holds.</summary>
    /// <returns>The writes; null when there are none, and the committer no longer counts.</returns>
    public List<EventWrite>? Take()
    {
        lock (_lock)
        {
            if (_queued.Count == 0)
            {
                _committers--;
                EndWhenDrained();
                return null;
            }

            var group = new List<EventWrite>(Math.Min(_queued.Count, limits.GroupEventsMax));
            var events = 0;
            while (_queued.First?.Value is { } next && events + next.Events.Length <= limits.GroupEventsMax)
            {
                events += next.Events.Length;
                Leave(next);
                group.Add(next);
            }

            LetIn();
            return group;
        }
    }

    /// <summary>Takes a write out that its caller gives up, unless it was sent.</summary>
    public void Cancel(EventWrite write, CancellationToken cancellationToken)
    {
        if (TryRemove(write, onlyWaiting: false))
            write.Cancel(cancellationToken);
    }

    /// <summary>Refuses further writes.</summary>
    /// <returns>Ends when all that was taken in or waits is answered.</returns>
    public Task StopAsync()
    {
        lock (_lock)
        {
            _isStopped = true;
            EndWhenDrained();
            return _drained.Task;
        }
    }

    /// <summary>Takes all writes out that are not sent.</summary>
    public IReadOnlyList<EventWrite> TakeRest()
    {
        lock (_lock)
        {
            EventWrite[] rest = [.. _queued, .. _waiting];
            foreach (var write in rest)
                Leave(write);
            return rest;
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
            if (write.Place.List is null || (onlyWaiting && write.Place.List != _waiting))
                return false;
            Leave(write);
            LetIn();
            return true;
        }
    }

    private bool HasRoomFor(EventWrite write) => _queuedEvents + write.Events.Length <= limits.QueueEventsMax;

    // In the order of the calls: nobody overtakes a large write that waits.
    private void LetIn()
    {
        while (_waiting.First?.Value is { } next && HasRoomFor(next))
        {
            Leave(next);
            TakeIn(next);
        }
    }

    private void TakeIn(EventWrite write)
    {
        _queued.AddLast(write.Place);
        _queuedEvents += write.Events.Length;
        SettlementTelemetry.WriterQueueLength.Add(write.Events.Length);
    }

    private void Leave(EventWrite write)
    {
        write.WaitLimit?.Dispose();
        write.WaitLimit = null;
        if (write.Place.List == _queued)
        {
            _queuedEvents -= write.Events.Length;
            SettlementTelemetry.WriterQueueLength.Add(-write.Events.Length);
        }

        write.Place.List!.Remove(write.Place);
    }

    private void EndWhenDrained()
    {
        if (_isStopped && _committers == 0)
            _drained.TrySetResult();
    }
}
