using System.Globalization;
using Settlement.TestServers;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>A server, with a database for each test.</summary>
public sealed class MySqlForApi : IAsyncLifetime
{
    private MySqlServer? _server;
    private int _databases;

    public async ValueTask InitializeAsync() => _server = await MySqlServer.StartAsync();

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    public Task<string> CreateAsync() => _server!.CreateDatabaseAsync(
        string.Create(CultureInfo.InvariantCulture, $"platform{Interlocked.Increment(ref _databases)}"));
}
