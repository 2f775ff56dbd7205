using System.Collections.Concurrent;

namespace Settlements.Sqlite;

/// <summary>
/// Queues a file's writers in this process. SQLite has no queue: a writer that finds the file locked retries after up to 100 ms, and a close that
/// begins its next transaction at once always locks it first. So writers of this process take this lock first. Others go before a close, in the
/// order in which they came; when <see cref="OthersMax"/> of them went while a close waited, it is the close's turn. Thread-safe.
/// </summary>
internal sealed class WriterLock
{
    /// <summary>How many other writers may precede a waiting close: it ends even under constant writes.</summary>
    public const int OthersMax = 32;

    /// <summary>
    /// How long a close leaves the file unlocked after a transaction of at least so many rows: writers of other processes, who don't queue here, find
    /// it free now and then.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private const int RowsPerPause = 1_000;

    private static readonly ConcurrentDictionary<string, WriterLock> ByFile = new(StringComparer.Ordinal);

    private readonly Lock _sync = new();
    private readonly LinkedList<Waiter> _others = [];
    private readonly LinkedList<Waiter> _closes = [];
    private bool _isHeld;
    private int _othersBefore;
    private long _closeTurns;
    private volatile Task _pause = Task.CompletedTask;

    /// <summary>The one lock of a file in this process, whatever it is opened by.</summary>
    public static WriterLock Of(string fileName) => ByFile.GetOrAdd(Path.GetFullPath(fileName), _ => new WriterLock());

    /// <summary>For tests.</summary>
    internal int Waiting
    {
        get
        {
            lock (_sync)
                return _others.Count + _closes.Count;
        }
    }

    /// <summary>Waits for the turn.</summary>
    /// <param name="isClose">Whether it lets others go first.</param>
    /// <param name="patience">How long it waits at most.</param>
    /// <param name="cancellationToken">Takes it out of the queue.</param>
    /// <returns>The turn, which ends with its disposal; null when it didn't come in time.</returns>
    public async ValueTask<Turn?> WaitAsync(bool isClose, TimeSpan patience, CancellationToken cancellationToken)
    {
        while (true)
        {
            var waiter = new Waiter(Interlocked.Read(ref _closeTurns));
            var queue = isClose ? _closes : _others;
            lock (_sync)
            {
                if (_isHeld)
                    queue.AddLast(waiter);
                else
                    Grant(waiter, isClose);
            }

            if (!waiter.Granted.Task.IsCompleted && !await WaitAsync(waiter, queue, patience, cancellationToken).ConfigureAwait(false))
                return null;
            var turn = new Turn(this, isClose, waiter.CloseTurnsAhead);
            var pause = _pause;
            if (!isClose || pause.IsCompleted)
                return turn;
            turn.Dispose();
            await pause.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> WaitAsync(Waiter waiter, LinkedList<Waiter> queue, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.Granted.Task.WaitAsync(patience, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            lock (_sync)
            {
                // It may have come just now.
                if (!queue.Remove(waiter))
                    Next();
            }

            if (e is OperationCanceledException)
                throw;
            return false;
        }
    }

    private void Grant(Waiter waiter, bool isClose)
    {
        _isHeld = true;
        waiter.CloseTurnsAhead = _closeTurns - waiter.CloseTurnsBefore;
        if (isClose)
        {
            _othersBefore = 0;
            Interlocked.Increment(ref _closeTurns);
        }
        else if (_closes.Count > 0)
        {
            _othersBefore++;
        }

        waiter.Granted.SetResult();
    }

    /// <summary>Lets the next one go; under the lock.</summary>
    private void Next()
    {
        _isHeld = false;
        var isClose = _others.Count == 0 || (_closes.Count > 0 && _othersBefore >= OthersMax);
        var queue = isClose ? _closes : _others;
        if (queue.First is not { } first)
            return;
        queue.RemoveFirst();
        Grant(first.Value, isClose);
    }

    private sealed class Waiter(long closeTurnsBefore)
    {
        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long CloseTurnsBefore => closeTurnsBefore;

        public long CloseTurnsAhead { get; set; }
    }

    /// <summary>The right to write to the file, until it is disposed of.</summary>
    public sealed class Turn(WriterLock owner, bool isClose, long closeTurnsAhead) : IDisposable
    {
        private bool _isOver;

        /// <summary>How many transactions of a close began while this one waited.</summary>
        public long CloseTurnsAhead => closeTurnsAhead;

        /// <summary>How many rows were written, as far as it is known.</summary>
        public int Rows { get; set; }

        public void Dispose()
        {
            if (_isOver)
                return;
            _isOver = true;
            if (isClose && Rows >= RowsPerPause)
                owner._pause = Task.Delay(Pause);
            lock (owner._sync)
                owner.Next();
        }
    }
}
