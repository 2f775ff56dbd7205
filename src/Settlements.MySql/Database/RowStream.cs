using System.Data;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// Reads a command's rows as fast as the driver can: without waiting asynchronously for each (measured a third faster), on a thread of the pool.
/// </summary>
internal static class RowStream
{
    /// <summary>How many rows pass between two looks at a cancellation.</summary>
    private const int CancellationCheckInterval = 4096;

    /// <summary>Passes each row, and says how many there were. A cancelled or failed reading does not read the rest first.</summary>
    public static async Task<long> ReadAsync<TRow>(MySqlCommand command, TRow row, CancellationToken cancellationToken)
        where TRow : IRow
    {
        // Waits are bounded by the server's own timeouts and the token: a timer for each read would cost a fifth of the speed.
        command.CommandTimeout = 0;
        await using var registration = cancellationToken.Register(command.Cancel).ConfigureAwait(false);
        return await Task.Run(() => Read(command, row, cancellationToken), CancellationToken.None).ConfigureAwait(false);
    }

    private static long Read<TRow>(MySqlCommand command, TRow row, CancellationToken cancellationToken)
        where TRow : IRow
    {
        using var reader = command.ExecuteReader(CommandBehavior.SingleResult);
        try
        {
            var count = 0L;
            while (reader.Read())
            {
                if (count++ % CancellationCheckInterval == 0)
                    cancellationToken.ThrowIfCancellationRequested();
                row.Take(reader);
            }

            return count;
        }
        catch
        {
            // Else disposing the reader would read all that is left.
            command.Cancel();
            throw;
        }
    }
}

/// <summary>What is done with each row of a stream. A struct's is compiled into the loop.</summary>
internal interface IRow
{
    void Take(MySqlDataReader reader);
}
