using System.Data.Common;
using System.Globalization;
using Dapper;
using MySqlConnector;
using Settlements.Routing;
using Settlements.Testing;

namespace Settlements.MySql.Routing.Tests;

/// <summary>A database of its own on a primary with two replicas; the store is given all three hosts.</summary>
internal sealed class ReplicatedStore : StoreUnderTest
{
    private static int _last;

    private readonly HostsUnderTest _hosts;
    private readonly string _name = $"settlement_{Interlocked.Increment(ref _last)}";

    private ReplicatedStore(HostsUnderTest hosts) => _hosts = hosts;

    public string Name => _name;

    public RoutingOptions Routing { get; init; } = HostsUnderTest.Quick;

    private string AtPrimary => _hosts.User.ConnectionString(_hosts.Set.Primary.Port, _name);

    public static ReplicatedStore New(HostsUnderTest hosts, RoutingOptions? routing = null)
    {
        var store = new ReplicatedStore(hosts) { Routing = routing ?? HostsUnderTest.Quick };
        hosts.Set.CreateDatabaseAsync(store._name).GetAwaiter().GetResult();
        return store;
    }

    public override void Use(SettlementBuilder settlement) => settlement.UseMySql(new MySqlStoreOptions
    {
        ConnectionString =
            $"Server={string.Join(',', _hosts.Links.Select(link => $"127.0.0.1:{link.Port}"))};User ID={_hosts.User.Name};Password={_hosts.User.Password};"
            + $"Database={_name};SslMode=None",
        Routing = Routing,
    });

    public override void Use(SettlementBuilder settlement, FaultPlan faults) => throw new NotSupportedException("Faults of single statements are tried on one server.");

    public override async Task ExecuteAsync(string sql)
    {
        await using var connection = new MySqlConnection(AtPrimary);
        await connection.ExecuteAsync(sql);
    }

    public override async Task<long> CountAsync(string sql)
    {
        await using var connection = new MySqlConnection(AtPrimary);
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    public override async Task<IReadOnlyList<string>> ReadAsync(string sql)
    {
        await using var connection = new MySqlConnection(AtPrimary);
        return await RowText.ReadAsync(connection, sql);
    }

    public override async Task<DbConnection> OpenAsync()
    {
        var connection = new MySqlConnection(AtPrimary);
        await connection.OpenAsync();
        return connection;
    }

    public override string Literal(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("\\'yyyy-MM-dd HH:mm:ss.ffffff\\'", CultureInfo.InvariantCulture);

    public override async ValueTask DisposeAsync() => await _hosts.Set.Primary.ExecuteAsync($"DROP DATABASE `{_name}`");
}
