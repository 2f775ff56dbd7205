using System.Data;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// Reads a command's rows synchronously on a thread pool thread, which measured a third faster than asynchronous reads.
/// </summary>
internal static class RowStream
{
    /// <summary>The number of rows between two checks for cancellation.</summary>
    private const int CancellationCheckInterval = 4096;

    /// <summary>
    /// Passes each row to a handler, and returns the number of rows. If cancelled or failed, the remaining rows are not read.
    /// </summary>
    public static async Task<long> ReadAsync<TRow>(MySqlCommand command, TRow row, CancellationToken cancellationToken)
        where TRow : IRowHandler
    {
        // Waits are bounded by the server's timeouts and the token: a timer for each read would cost a fifth of the throughput.
        command.CommandTimeout = 0;
        var interruption = new CommandInterruption(command, cancellationToken);
        await using var _ = interruption.ConfigureAwait(false);
        return await Task.Run(() => Read(command, row, cancellationToken), CancellationToken.None).ConfigureAwait(false);
    }

    private static long Read<TRow>(MySqlCommand command, TRow row, CancellationToken cancellationToken)
        where TRow : IRowHandler
    {
        using var reader = command.ExecuteReader(CommandBehavior.SingleResult);
        try
        {
            var count = 0L;
            while (reader.Read())
            {
                if (count++ % CancellationCheckInterval == 0)
                    cancellationToken.ThrowIfCancellationRequested();
                row.OnRow(reader);
            }

            return count;
        }
        catch
        {
            // Otherwise disposing the reader would read all remaining rows.
            command.Cancel();
            throw;
        }
    }
}

/// <summary>Handles each row of a stream. A struct's implementation is inlined into the loop.</summary>
internal interface IRowHandler
{
    void OnRow(MySqlDataReader reader);
}
