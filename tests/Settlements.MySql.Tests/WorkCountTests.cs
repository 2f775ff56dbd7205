using MySqlConnector;
using Settlements.TestServers;
using Settlements.Testing;
using Settlements.WorkCounts;

namespace Settlements.MySql.Tests;

/// <summary>Counts on a server of its own, whose status counts the statements and rows of all connections, behind a proxy.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class MySqlWorkCountTests : WorkCountContract, IAsyncLifetime
{
    /// <summary>The recorded counts are those of this product; others have other plans.</summary>
    private const string Product = "MariaDB";

    private MySqlServer? _server;
    private MySqlFaultProxy? _proxy;
    private MySqlConnection? _status;
    private long _reads;

    protected override string Store => "mysql";

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(MySqlServer.FindBinary() is not null, "No server binary is on PATH: ./build.sh tools installs one on Debian.");
        _server = await MySqlServer.StartAsync("--innodb-flush-log-at-trx-commit=2", "--innodb-stats-auto-recalc=0");
        _proxy = MySqlFaultProxy.Start("127.0.0.1", _server.Port);
        _status = new MySqlConnection($"{_server.ConnectionString};Pooling=false");
        await _status.OpenAsync();
        Assert.SkipUnless(
            _status.ServerVersion.Contains(Product, StringComparison.Ordinal),
            $"The counts are recorded on {Product}, not {_status.ServerVersion}.");
    }

    public async ValueTask DisposeAsync()
    {
        if (_status is not null)
            await _status.DisposeAsync();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    protected override StoreUnderTest NewStore() => new MySqlUnderTest(_server!);

    protected override void Use(StoreUnderTest store, SettlementBuilder settlement) =>
        settlement.UseMySql(new MySqlStoreOptions { ConnectionString = ((MySqlUnderTest)store).Through(_proxy!) });

    protected override async Task<WorkCount> ReadAsync()
    {
        await using var command = new MySqlCommand(
            "SHOW GLOBAL STATUS WHERE Variable_name IN ('Questions', 'Handler_write', 'Handler_update', 'Handler_delete')", _status);
        var values = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            values[reader.GetString(0)] = long.Parse(reader.GetString(1), System.Globalization.CultureInfo.InvariantCulture);
        return new WorkCount(
            values["Questions"] - ++_reads, _proxy!.Commands,
            values["Handler_write"] + values["Handler_update"] + values["Handler_delete"], 0);
    }
}
