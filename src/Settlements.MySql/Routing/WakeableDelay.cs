namespace Settlements.MySql;

/// <summary>A pause that can be cut short. One waits; anybody wakes.</summary>
internal sealed class WakeableDelay(TimeProvider clock)
{
    private TaskCompletionSource _woken = New();
    private long _began;

    /// <summary>From here the next pause counts.</summary>
    public void Begin()
    {
        _began = clock.GetTimestamp();
        Interlocked.Exchange(ref _woken, New());
    }

    public void Wake() => Volatile.Read(ref _woken).TrySetResult();

    /// <summary>Waits until the longest time since <see cref="Begin"/> is over, or somebody wakes it; in any case for the shortest.</summary>
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

    private TimeSpan Rest(TimeSpan whole) => whole - clock.GetElapsedTime(_began);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
