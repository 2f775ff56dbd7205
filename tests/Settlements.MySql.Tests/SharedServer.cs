using Settlements.TestServers;

[assembly: AssemblyFixture(typeof(Settlements.MySql.Tests.SharedServer))]

namespace Settlements.MySql.Tests;

/// <summary>The server shared by all tests of this assembly; each test creates its own database.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    public MySqlServer Server { get; private set; } = null!;

    /// <summary>Flushes about once a second, for speed; with a row-format binary log, as servers with replicas have.</summary>
    public async ValueTask InitializeAsync() => Server = await MySqlServer.NamedOrStartAsync(
        "--log-bin=binlog", "--binlog-format=ROW", "--server-id=1", "--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=256M");

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
