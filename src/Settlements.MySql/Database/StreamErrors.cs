using System.Runtime.CompilerServices;

namespace Settlements.MySql;

/// <summary>Translates the errors of row streams into store errors, as for all other reads.</summary>
internal static class StreamErrors
{
    /// <summary>
    /// Returns the rows. A lost connection becomes a transient error, so that a chunk that reads the stream is retried as a whole.
    /// </summary>
    /// <param name="rows">The rows, read from the driver on demand.</param>
    /// <param name="location">Database and server, without secrets.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async IAsyncEnumerable<T> TranslateErrors<T>(
        this IAsyncEnumerable<T> rows, string location, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var enumerator = rows.GetAsyncEnumerator(cancellationToken);
        await using var _ = enumerator.ConfigureAwait(false);
        while (await NextAsync(enumerator, location, cancellationToken).ConfigureAwait(false))
            yield return enumerator.Current;
    }

    private static async Task<bool> NextAsync<T>(IAsyncEnumerator<T> rows, string location, CancellationToken cancellationToken)
    {
        try
        {
            return await rows.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (MySqlErrorTranslator.IsDriverError(e))
        {
            throw MySqlErrorTranslator.Translate(e, location, cancellationToken);
        }
    }
}
