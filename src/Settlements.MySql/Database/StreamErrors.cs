using System.Runtime.CompilerServices;

namespace Settlements.MySql;

/// <summary>Streams of rows whose errors are the store's, as those of every other read are.</summary>
internal static class StreamErrors
{
    /// <summary>
    /// Passes rows on. A lost connection becomes a transient error, so that a chunk that reads the stream is retried as a whole.
    /// </summary>
    /// <param name="rows">Rows that a driver reads as they are asked for.</param>
    /// <param name="place">Database and server, without secrets.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async IAsyncEnumerable<T> TranslateErrors<T>(
        this IAsyncEnumerable<T> rows, string place, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var enumerator = rows.GetAsyncEnumerator(cancellationToken);
        await using var _ = enumerator.ConfigureAwait(false);
        while (await NextAsync(enumerator, place, cancellationToken).ConfigureAwait(false))
            yield return enumerator.Current;
    }

    private static async Task<bool> NextAsync<T>(IAsyncEnumerator<T> rows, string place, CancellationToken cancellationToken)
    {
        try
        {
            return await rows.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (MySqlErrorTranslator.IsOfDriver(e))
        {
            throw MySqlErrorTranslator.Translate(e, place, cancellationToken);
        }
    }
}
