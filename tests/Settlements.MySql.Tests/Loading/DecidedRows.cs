namespace Settlements.MySql.Tests.Loading;

/// <summary>How far a load is, to wait for: its rows are stored beside the reading of its source.</summary>
internal sealed class DecidedRows : IProgress<TableLoadProgress>
{
    private long _sent;

    /// <summary>The rows of the chunks that are stored, or were before.</summary>
    public long Count => Volatile.Read(ref _sent);

    public void Report(TableLoadProgress value) => Volatile.Write(ref _sent, value.Sent);

    /// <summary>Waits until there are at least so many, or until it is cancelled.</summary>
    public async Task ReachAsync(long rows, CancellationToken cancellationToken = default)
    {
        while (Count < rows && !cancellationToken.IsCancellationRequested)
            await Task.Delay(5, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }
}
