using System.Data.Common;

namespace Settlements.Stores;

/// <summary>
/// Repeats operations after transient store errors, a bounded number of times and with back-off. Immutable and thread-safe.
/// </summary>
/// <param name="retriesMax">How often an operation is repeated at most, 0 or more; the error after that is thrown.</param>
/// <param name="backoff">The waits between attempts.</param>
/// <param name="clock">The clock of the waits.</param>
internal sealed class Retry(int retriesMax, Backoff backoff, TimeProvider clock)
{
    /// <summary>Runs an operation; after a deadlock, a lock timeout or a lost connection all of it again.</summary>
    /// <param name="operation">One attempt: a whole transaction, since the server may have rolled back any part of it.</param>
    /// <param name="cancellationToken">Passed to each attempt; ends a wait.</param>
    /// <param name="retrying">Called before each wait, with the error and the number of the retry, from 1; or null.</param>
    /// <returns>What the attempt that succeeded returned.</returns>
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

    /// <summary>The same for an operation without a result.</summary>
    /// <param name="operation">One attempt.</param>
    /// <param name="cancellationToken">Passed to each attempt; ends a wait.</param>
    /// <param name="retrying">Called before each wait, with the error and the number of the retry, from 1; or null.</param>
    /// <returns>When an attempt has succeeded.</returns>
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
