using Settlements.TestServers;

[assembly: AssemblyFixture(typeof(Settlements.MySql.Tests.Loading.ServerWithoutLocalInfile))]

namespace Settlements.MySql.Tests.Loading;

/// <summary>A server that refuses LOAD DATA LOCAL, so that rows are loaded by INSERT; started by the first test that uses it.</summary>
public sealed class ServerWithoutLocalInfile : IAsyncDisposable
{
    private readonly Lazy<Task<MySqlServer>> _server = new(() =>
        MySqlServer.StartAsync("--local-infile=0", "--innodb-flush-log-at-trx-commit=2"));

    public Task<MySqlServer> StartedAsync() => _server.Value;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
            await (await _server.Value).DisposeAsync();
    }
}
