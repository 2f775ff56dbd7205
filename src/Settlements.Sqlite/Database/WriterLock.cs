using System.Collections.Concurrent;

namespace Settlements.Sqlite;

/// <summary>Queues the writers of a file within this process. Thread-safe.</summary>
/// <remarks>
/// SQLite has no queue: a writer that finds the file locked retries after up to 100 ms, and a close that begins its next transaction
/// immediately always locks the file first. So every writer of this process acquires this lock first. Other writers precede a close, in
/// FIFO order; after <see cref="WritersBeforeCloseMax"/> of them have preceded a waiting close, the close is next.
/// </remarks>
internal sealed class WriterLock
{
    /// <summary>The most writers that may precede a waiting close, so that it completes even under constant writes.</summary>
    public const int WritersBeforeCloseMax = 32;

    /// <summary>
    /// How long a close leaves the file unlocked after a transaction of <see cref="RowsPerPause"/> rows or more. Writers of other processes
    /// can't queue here; the pauses let them lock the file.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private const int RowsPerPause = 1_000;

    private static readonly ConcurrentDictionary<string, WriterLock> ByFile = new(StringComparer.Ordinal);

    private readonly Lock _sync = new();
    private readonly LinkedList<Waiter> _writers = [];
    private readonly LinkedList<Waiter> _closes = [];
    private bool _isHeld;
    private int _writersBeforeClose;
    private long _closeCount;
    private volatile Task _pause = Task.CompletedTask;

    /// <summary>Returns this process's lock of a file. Different paths to the file have the same lock.</summary>
    public static WriterLock ForFile(string fileName) => ByFile.GetOrAdd(Path.GetFullPath(fileName), _ => new WriterLock());

    /// <summary>The number of waiting writers and closes; for tests.</summary>
    internal int QueueLength
    {
        get
        {
            lock (_sync)
                return _writers.Count + _closes.Count;
        }
    }

    /// <summary>Acquires the lock.</summary>
    /// <param name="isClose">Whether other writers precede this one.</param>
    /// <param name="timeout">The longest wait.</param>
    /// <param name="cancellationToken">Removes the waiter from the queue.</param>
    /// <returns>The held lock, which is released when it is disposed; null after the timeout.</returns>
    public async ValueTask<Handle?> AcquireAsync(bool isClose, TimeSpan timeout, CancellationToken cancellationToken)
    {
        while (true)
        {
            Waiter waiter;
            var queue = isClose ? _closes : _writers;
            lock (_sync)
            {
                // Counts from here: closes before this lock don't delay the waiter.
                waiter = new Waiter(_closeCount);
                if (_isHeld)
                    queue.AddLast(waiter);
                else
                    Grant(waiter, isClose);
            }

            if (!waiter.Granted.Task.IsCompleted && !await WaitAsync(waiter, queue, timeout, cancellationToken).ConfigureAwait(false))
                return null;
            var handle = new Handle(this, isClose, waiter.ClosesAhead);
            var pause = _pause;
            if (!isClose || pause.IsCompleted)
                return handle;
            handle.Dispose();
            await pause.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> WaitAsync(Waiter waiter, LinkedList<Waiter> queue, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.Granted.Task.WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            lock (_sync)
            {
                // The lock may have been granted in the meantime.
                if (!queue.Remove(waiter))
                    GrantNext();
            }

            if (e is OperationCanceledException)
                throw;
            return false;
        }
    }

    private void Grant(Waiter waiter, bool isClose)
    {
        _isHeld = true;
        waiter.ClosesAhead = _closeCount - waiter.ClosesBefore;
        if (isClose)
        {
            _writersBeforeClose = 0;
            _closeCount++;
        }
        else if (_closes.Count > 0)
        {
            _writersBeforeClose++;
        }

        waiter.Granted.SetResult();
    }

    /// <summary>Releases the lock and grants it to the next waiter. The caller holds <see cref="_sync"/>.</summary>
    private void GrantNext()
    {
        _isHeld = false;
        var isClose = _writers.Count == 0 || (_closes.Count > 0 && _writersBeforeClose >= WritersBeforeCloseMax);
        var queue = isClose ? _closes : _writers;
        if (queue.First is not { } first)
            return;
        queue.RemoveFirst();
        Grant(first.Value, isClose);
    }

    private sealed class Waiter(long closesBefore)
    {
        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long ClosesBefore => closesBefore;

        public long ClosesAhead { get; set; }
    }

    /// <summary>The held lock, released when it is disposed.</summary>
    public sealed class Handle(WriterLock owner, bool isClose, long closesAhead) : IDisposable
    {
        private bool _isReleased;

        /// <summary>The number of transactions of a close that were granted while this one waited.</summary>
        public long ClosesAhead => closesAhead;

        /// <summary>The number of rows written under the lock; 0 when unknown.</summary>
        public int Rows { get; set; }

        public void Dispose()
        {
            if (_isReleased)
                return;
            _isReleased = true;
            if (isClose && Rows >= RowsPerPause)
                owner._pause = Task.Delay(Pause);
            lock (owner._sync)
                owner.GrantNext();
        }
    }
}
