using System.Threading.Tasks.Sources;

namespace Settlements.MySql;

/// <summary>
/// Openings of one host that are under way. When the host falls silent they are given up, so that requests go elsewhere and don't wait for the
/// network's timeout; each is ended by itself later. Allocates only while there are more at a time than ever before. Thread-safe.
/// </summary>
internal sealed class PendingOpenings
{
    private readonly Lock _lock = new();
    private readonly List<Pending> _all = [];
    private readonly Stack<Pending> _free = [];

    /// <summary>Waits for an opening.</summary>
    /// <returns>Whether it has ended, well or not; false when it was given up.</returns>
    public ValueTask<bool> WaitAsync(Task opening)
    {
        if (opening.IsCompleted)
            return new ValueTask<bool>(true);
        Pending? pending;
        lock (_lock)
        {
            if (!_free.TryPop(out pending))
                _all.Add(pending = new Pending(this));
        }

        return pending.Begin(opening);
    }

    /// <summary>Gives up all that are under way.</summary>
    public void GiveUp()
    {
        Pending[] all;
        lock (_lock)
            all = [.. _all];
        foreach (var pending in all)
            pending.GiveUp();
    }

    private void Free(Pending pending)
    {
        lock (_lock)
            _free.Push(pending);
    }

    /// <summary>Used again when both sides are through with it: the opening has ended, and its waiter knows.</summary>
    private sealed class Pending : IValueTaskSource<bool>
    {
        private const int Idle = 0;
        private const int Waiting = 1;
        private const int Decided = 2;

        private readonly PendingOpenings _owner;
        private readonly Action _ended;
        private ManualResetValueTaskSourceCore<bool> _core;
        private int _state = Idle;
        private int _sides;

        public Pending(PendingOpenings owner)
        {
            _owner = owner;
            _ended = Ended;
        }

        public ValueTask<bool> Begin(Task opening)
        {
            _core.Reset();
            _sides = 2;
            Volatile.Write(ref _state, Waiting);
            var task = new ValueTask<bool>(this, _core.Version);
            opening.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_ended);
            return task;
        }

        public void GiveUp()
        {
            // Whoever waits goes on by itself, not in the middle of a probe.
            if (Interlocked.CompareExchange(ref _state, Decided, Waiting) == Waiting)
                ThreadPool.UnsafeQueueUserWorkItem(static pending => pending._core.SetResult(false), this, preferLocal: false);
        }

        public bool GetResult(short token)
        {
            var result = _core.GetResult(token);
            Leave();
            return result;
        }

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);

        private void Ended()
        {
            if (Interlocked.CompareExchange(ref _state, Decided, Waiting) == Waiting)
                _core.SetResult(true);
            Leave();
        }

        private void Leave()
        {
            if (Interlocked.Decrement(ref _sides) != 0)
                return;
            Volatile.Write(ref _state, Idle);
            _owner.Free(this);
        }
    }
}
