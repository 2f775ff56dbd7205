using Settlements.TestServers;

[assembly: AssemblyFixture(typeof(Settlements.MySql.Tests.SharedServer))]

namespace Settlements.MySql.Tests;

/// <summary>One server for all tests of this assembly, each test with a database of its own: a named one, or its own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    public MySqlServer Server { get; private set; } = null!;

    /// <summary>Flushed about once a second, as tests need no more; row-format binary log, as replicas do.</summary>
    public async ValueTask InitializeAsync() => Server = await MySqlServer.NamedOrStartAsync(
        "--log-bin=binlog", "--binlog-format=ROW", "--server-id=1", "--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=256M");

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
