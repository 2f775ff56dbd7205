using Settlements.TestServers;

namespace Settlement.SampleHost.Tests.Documentation;

/// <summary>The MySQL server for programs of the documentation, started on first use.</summary>
public sealed class DocsServer : IAsyncDisposable
{
    private MySqlServer? _server;

    private int _databases;

    /// <summary>Creates an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        _server ??= await MySqlServer.NamedOrStartAsync("--innodb-flush-log-at-trx-commit=2");
        return await _server.CreateDatabaseAsync($"shop{++_databases}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
