namespace Settlements.MySql;

/// <summary>A delay that can be ended early. One waiter at a time; <see cref="Wake"/> is thread-safe.</summary>
internal sealed class WakeableDelay(TimeProvider clock)
{
    private TaskCompletionSource _woken = New();
    private long _began;

    /// <summary>Starts the interval from which the next delay is measured.</summary>
    public void Begin()
    {
        _began = clock.GetTimestamp();
        Interlocked.Exchange(ref _woken, New());
    }

    public void Wake() => Volatile.Read(ref _woken).TrySetResult();

    /// <summary>Waits until the maximum since <see cref="Begin"/> has elapsed or it is woken, but at least for the minimum.</summary>
    public async Task WaitAsync(TimeSpan min, TimeSpan max, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var rest = Rest(max);
        if (rest > TimeSpan.Zero)
        {
            await Task.WhenAny(Volatile.Read(ref _woken).Task, Task.Delay(rest, clock, end.Token)).ConfigureAwait(false);
            await end.CancelAsync().ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        var gap = Rest(min);
        if (gap > TimeSpan.Zero)
            await Task.Delay(gap, clock, cancellationToken).ConfigureAwait(false);
    }

    private TimeSpan Rest(TimeSpan interval) => interval - clock.GetElapsedTime(_began);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
