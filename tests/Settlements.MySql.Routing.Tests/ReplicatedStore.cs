using System.Data.Common;
using System.Globalization;
using Dapper;
using MySqlConnector;
using Settlements.Testing;

namespace Settlements.MySql.Routing.Tests;

/// <summary>A store on a primary with two replicas, in a separate database.</summary>
internal sealed class ReplicatedStore : StoreUnderTest
{
    private static int _last;

    private readonly ServersUnderTest _servers;
    private readonly string _name = $"settlement_{Interlocked.Increment(ref _last)}";

    private ReplicatedStore(ServersUnderTest servers) => _servers = servers;

    public string Name => _name;

    public RoutingOptions Routing { get; init; } = ServersUnderTest.FastProbes;

    private string AtPrimary => _servers.User.ConnectionString(_servers.Set.Primary.Port, _name);

    public static ReplicatedStore New(ServersUnderTest servers, RoutingOptions? routing = null)
    {
        var store = new ReplicatedStore(servers) { Routing = routing ?? ServersUnderTest.FastProbes };
        servers.Set.CreateDatabaseAsync(store._name).GetAwaiter().GetResult();
        return store;
    }

    public override void Use(SettlementBuilder settlement) => settlement.UseMySql(new MySqlStoreOptions
    {
        ConnectionString =
            $"Server={string.Join(',', _servers.Links.Select(link => $"127.0.0.1:{link.Port}"))};User "
            + $"ID={_servers.User.Name};Password={_servers.User.Password};"
            + $"Database={_name};SslMode=None",
        Routing = Routing,
    });

    public override void Use(SettlementBuilder settlement, FaultPlan faults) =>
        throw new NotSupportedException("Faults of single statements are injected with a single server only.");

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

    public override async ValueTask DisposeAsync() => await _servers.Set.Primary.ExecuteAsync($"DROP DATABASE `{_name}`");
}
