using System.Data;
using System.IO.Hashing;
using System.Text;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Allows one load of a key at a time. The server releases the lock when its connection ends.</summary>
internal sealed class LoadLock(MySqlConnection connection, string name) : IAsyncDisposable
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    public static async Task<LoadLock> AcquireAsync(MySqlConnection connection, string key, CancellationToken cancellationToken)
    {
        // Lock names are global to the server, and limited to 64 characters.
        var name = $"settlement_load_{Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes($"{connection.Database}\0{key}")))}";
        return await NamedLock.TryAcquireAsync(connection, name, Wait, $"{connection.DataSource}/{connection.Database}", cancellationToken)
            .ConfigureAwait(false)
            ? new LoadLock(connection, name)
            : throw new InvalidOperationException(
                $"Load '{key}' is already running in another instance. Wait for its end, or use another Key for another load.");
    }

    public async ValueTask DisposeAsync()
    {
        // If the connection was lost, the lock is already released.
        if (connection.State != ConnectionState.Open)
            return;
        try
        {
            await NamedLock.ReleaseAsync(connection, name).ConfigureAwait(false);
        }
        catch (Exception e) when (MySqlErrorTranslator.IsDriverError(e))
        {
            // The load is committed, and the lock is released with the connection.
        }
    }
}
