using Settlements.TestServers;

namespace Settlement.SampleHost.Tests.Documentation;

/// <summary>One server for the pages' programs on MySQL, started when the first of them runs; none where no server can be had.</summary>
public sealed class DocsServer : IAsyncDisposable
{
    private MySqlServer? _server;

    private int _databases;

    /// <summary>Makes an empty database.</summary>
    /// <returns>The connection string to it.</returns>
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
