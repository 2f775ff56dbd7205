using System.Data.Common;

namespace Settlements.Stores;

/// <summary>
/// Retries operations after transient store errors, with back-off and up to a limit. Immutable and thread-safe.
/// </summary>
/// <param name="retriesMax">The maximum number of retries, 0 or more; the next error is thrown.</param>
/// <param name="backoff">The delays between attempts.</param>
/// <param name="clock">The clock of the delays.</param>
internal sealed class Retry(int retriesMax, Backoff backoff, TimeProvider clock)
{
    /// <summary>Runs an operation and retries it completely after a deadlock, a lock timeout or a lost connection.</summary>
    /// <param name="operation">One attempt: a complete transaction, since the server may have rolled back any part of it.</param>
    /// <param name="cancellationToken">Passed to each attempt; cancels a delay.</param>
    /// <param name="retrying">Called before each delay, with the error and the number of the retry, from 1; or null.</param>
    /// <returns>The result of the successful attempt.</returns>
    public async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> operation, CancellationToken cancellationToken, Action<DbException, int>? retrying = null)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await operation(cancellationToken).ConfigureAwait(false);
            }
            catch (DbException e) when (e.IsTransient && attempt < retriesMax)
            {
                retrying?.Invoke(e, attempt + 1);
            }

            await Task.Delay(backoff.DelayAfter(attempt), clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs an operation without a result, with the same retries.</summary>
    /// <param name="operation">One attempt.</param>
    /// <param name="cancellationToken">Passed to each attempt; cancels a delay.</param>
    /// <param name="retrying">Called before each delay, with the error and the number of the retry, from 1; or null.</param>
    /// <returns>A task that completes when an attempt has succeeded.</returns>
    public Task RunAsync(
        Func<CancellationToken, Task> operation, CancellationToken cancellationToken, Action<DbException, int>? retrying = null) =>
        RunAsync<object?>(
            async token =>
            {
                await operation(token).ConfigureAwait(false);
                return null;
            },
            cancellationToken, retrying);
}
