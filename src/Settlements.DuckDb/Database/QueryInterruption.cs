using DuckDB.NET.Data;

namespace Settlements.DuckDb;

/// <summary>
/// Interrupts a query from the cancellation of a token until it is disposed. DuckDB ignores an interrupt that arrives before the query
/// executes, for example while it is prepared, so a single one could be lost.
/// </summary>
internal sealed class QueryInterruption : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly Timer _timer;
    private readonly CancellationTokenRegistration _registration;

    public QueryInterruption(DuckDBCommand command, CancellationToken cancellationToken)
    {
        _timer = new Timer(_ => command.Cancel());
        _registration = cancellationToken.Register(() => _timer.Change(TimeSpan.Zero, Interval));
    }

    /// <summary>Ends the interrupts, and waits for one that is being sent: the command may be disposed afterwards.</summary>
    public void Dispose()
    {
        _registration.Dispose();
        using var ended = new ManualResetEvent(initialState: false);
        if (_timer.Dispose(ended))
            ended.WaitOne();
    }
}
