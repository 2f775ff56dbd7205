namespace Settlement.SampleHost.Hosting;

/// <summary>Wakes a background loop. Several signals are one. Thread-safe.</summary>
internal abstract class Signal : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, 1);
    private int _isSet;

    /// <summary>Requests the work soon.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _isSet, 1) == 0)
            _signal.Release();
    }

    /// <summary>Waits for a signal, at most for an interval. Those that follow are for the next wait.</summary>
    /// <returns>Whether there was a signal.</returns>
    public async Task<bool> WaitAsync(TimeSpan interval, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var end = new CancellationTokenSource(interval, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        try
        {
            await _signal.WaitAsync(either.Token);
            Interlocked.Exchange(ref _isSet, 0);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose() => _signal.Dispose();
}
