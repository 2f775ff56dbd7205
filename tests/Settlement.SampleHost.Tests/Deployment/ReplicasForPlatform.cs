using System.Globalization;
using Settlement.SampleHost.Tests.Api;
using Settlements.TestServers;

namespace Settlement.SampleHost.Tests.Deployment;

/// <summary>A primary and a replica, with a database for each test.</summary>
public sealed class ReplicasForPlatform : IAsyncLifetime
{
    private ReplicaSetUser? _user;
    private int _databases;

    public ReplicaSet Set { get; private set; } = null!;

    public ReplicatedServer Replica => Set.Replicas[0];

    public async ValueTask InitializeAsync()
    {
        Set = await ReplicaSet.StartAsync(replicas: 1);
        _user = await Set.CreateUserAsync();
    }

    public ValueTask DisposeAsync() => Set?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>
    /// Creates a database. The connection string lists the primary last, so that code which assumes the first server is primary fails.
    /// </summary>
    public async Task<string> CreateAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"platform{Interlocked.Increment(ref _databases)}");
        await Set.CreateDatabaseAsync(name);
        var servers = string.Join(
            ',', Set.Replicas.Append(Set.Primary).Select(s => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{s.Port}")));
        return $"Server={servers};User ID={_user!.Name};Password={_user.Password};Database={name};SslMode=None";
    }

    internal async Task<PlatformUnderTest> StartAsync(params (string Key, string Value)[] settings) =>
        await PlatformUnderTest.StartAsync(await CreateAsync(), [
            ("Routing:ProbePeriod", "00:00:00.200"), ("Routing:ReplicaLagMax", "00:30:00"), .. settings,
        ]);
}
