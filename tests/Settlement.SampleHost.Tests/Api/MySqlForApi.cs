using System.Globalization;
using Settlements.TestServers;

[assembly: AssemblyFixture(typeof(Settlement.SampleHost.Tests.Api.MySqlForApi))]

namespace Settlement.SampleHost.Tests.Api;

/// <summary>One server for all tests of the host, started on first use; each test creates a database.</summary>
public sealed class MySqlForApi : IAsyncDisposable
{
    private readonly Lazy<Task<MySqlServer>> _server = new(() => MySqlServer.NamedOrStartAsync());
    private int _databases;

    public async Task<string> CreateAsync() => await (await _server.Value).CreateDatabaseAsync(
        string.Create(CultureInfo.InvariantCulture, $"platform{Interlocked.Increment(ref _databases)}"));

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
            await (await _server.Value).DisposeAsync();
    }
}
