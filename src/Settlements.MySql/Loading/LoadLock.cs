using System.Data;
using System.IO.Hashing;
using System.Text;
using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>One load of a key at a time. The server gives the lock back when its connection ends, however it ends.</summary>
internal sealed class LoadLock(MySqlConnection connection, string name) : IAsyncDisposable
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    public static async Task<LoadLock> AcquireAsync(MySqlConnection connection, string key, CancellationToken cancellationToken)
    {
        // Lock names are of the whole server and have at most 64 characters.
        var name = $"settlement_load_{Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes($"{connection.Database}\0{key}")))}";
        await connection.ExecuteAsync(new CommandDefinition("SET SESSION wait_timeout = 2147483", cancellationToken: cancellationToken)).ConfigureAwait(false);
        return await NamedLock.TryAcquireAsync(connection, name, Wait, $"{connection.DataSource}/{connection.Database}", cancellationToken).ConfigureAwait(false)
            ? new LoadLock(connection, name)
            : throw new InvalidOperationException(
                $"Load '{key}' is under way in another process. Wait for its end, or give another Key when it is another load.");
    }

    public async ValueTask DisposeAsync()
    {
        // A connection that is lost has given it back already.
        if (connection.State != ConnectionState.Open)
            return;
        try
        {
            await NamedLock.ReleaseAsync(connection, name).ConfigureAwait(false);
        }
        catch (Exception e) when (MySqlErrorTranslator.IsDriverError(e))
        {
            // What was loaded is loaded; the lock went with the connection.
        }
    }
}
