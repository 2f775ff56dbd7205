using System.Threading.Tasks.Sources;

namespace Settlements.MySql;

/// <summary>
/// Connections to one server that are being opened. When the server stops responding the waits are abandoned, so that requests use another
/// server and don't wait for the network's timeout; each connection is disposed when its opening ends. Entries are pooled: it allocates
/// only when more openings are pending than ever before. Thread-safe.
/// </summary>
internal sealed class PendingOpenings
{
    private readonly Lock _lock = new();
    private readonly List<Pending> _all = [];
    private readonly Stack<Pending> _free = [];

    /// <summary>Waits for an opening.</summary>
    /// <returns>True if the opening completed, with or without an error; false if the wait was abandoned.</returns>
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

    /// <summary>Abandons all pending waits.</summary>
    public void AbandonAll()
    {
        Pending[] all;
        lock (_lock)
            all = [.. _all];
        foreach (var pending in all)
            pending.Abandon();
    }

    private void Free(Pending pending)
    {
        lock (_lock)
            _free.Push(pending);
    }

    /// <summary>
    /// Returned to the pool when both sides have finished with it: the opening has completed, and its waiter has read the result.
    /// </summary>
    private sealed class Pending : IValueTaskSource<bool>
    {
        private const int Idle = 0;
        private const int Waiting = 1;
        private const int Decided = 2;

        private readonly PendingOpenings _owner;
        private readonly Action _completed;
        private ManualResetValueTaskSourceCore<bool> _core;
        private int _state = Idle;
        private int _sides;

        public Pending(PendingOpenings owner)
        {
            _owner = owner;
            _completed = OnOpeningCompleted;
        }

        public ValueTask<bool> Begin(Task opening)
        {
            _core.Reset();
            _sides = 2;
            Volatile.Write(ref _state, Waiting);
            var task = new ValueTask<bool>(this, _core.Version);
            opening.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_completed);
            return task;
        }

        public void Abandon()
        {
            // The waiter's continuation runs on the thread pool and doesn't delay the probe that called this.
            if (Interlocked.CompareExchange(ref _state, Decided, Waiting) == Waiting)
                ThreadPool.UnsafeQueueUserWorkItem(static pending => pending._core.SetResult(false), this, preferLocal: false);
        }

        public bool GetResult(short token)
        {
            var result = _core.GetResult(token);
            Release();
            return result;
        }

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);

        private void OnOpeningCompleted()
        {
            if (Interlocked.CompareExchange(ref _state, Decided, Waiting) == Waiting)
                _core.SetResult(true);
            Release();
        }

        private void Release()
        {
            if (Interlocked.Decrement(ref _sides) != 0)
                return;
            Volatile.Write(ref _state, Idle);
            _owner.Free(this);
        }
    }
}
