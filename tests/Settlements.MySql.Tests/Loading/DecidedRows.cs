namespace Settlements.MySql.Tests.Loading;

/// <summary>Waits for a load's progress, since chunks are stored concurrently with the reading of the source.</summary>
internal sealed class DecidedRows : IProgress<TableLoadProgress>
{
    private long _sent;

    /// <summary>The rows of the chunks that are stored or resumed.</summary>
    public long Count => Volatile.Read(ref _sent);

    public void Report(TableLoadProgress value) => Volatile.Write(ref _sent, value.Sent);

    /// <summary>Waits until a number of rows is reached, or until it is cancelled.</summary>
    public async Task ReachAsync(long rows, CancellationToken cancellationToken = default)
    {
        while (Count < rows && !cancellationToken.IsCancellationRequested)
            await Task.Delay(5, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }
}
