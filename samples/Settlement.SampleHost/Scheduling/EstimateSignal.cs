namespace Settlement.SampleHost.Scheduling;

/// <summary>Signals that usage was stored which the estimate does not contain. Several signals are one. Thread-safe.</summary>
internal sealed class EstimateSignal : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, 1);
    private int _isSet;

    /// <summary>Requests a refresh soon.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _isSet, 1) == 0)
            _signal.Release();
    }

    /// <summary>Waits for a signal. Those that follow are for the next wait.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await _signal.WaitAsync(cancellationToken);
        Interlocked.Exchange(ref _isSet, 0);
    }

    public void Dispose() => _signal.Dispose();
}
