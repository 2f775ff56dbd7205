using Dapper;
using MySqlConnector;
using Settlement.StoreContract;
using Settlement.TestServers;

namespace Settlement.MySql.Tests;

/// <summary>A database of its own on the assembly's server.</summary>
internal sealed class MySqlUnderTest : StoreUnderTest
{
    private static int _last;

    private readonly string _name = $"settlement_{Interlocked.Increment(ref _last)}";
    private readonly Lazy<string> _connectionString;

    public MySqlUnderTest(MySqlServer server)
    {
        Server = server;
        _connectionString = new Lazy<string>(() => server.CreateDatabaseAsync(_name).GetAwaiter().GetResult());
    }

    public MySqlServer Server { get; }

    public string ConnectionString => _connectionString.Value;

    public override void Use(SettlementBuilder settlement) => settlement.UseMySql(ConnectionString);

    public override async Task ExecuteAsync(string sql)
    {
        await using var connection = new MySqlConnection(ConnectionString);
        await connection.ExecuteAsync(sql);
    }

    public override async Task<long> CountAsync(string sql)
    {
        await using var connection = new MySqlConnection(ConnectionString);
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_connectionString.IsValueCreated)
            await Server.ExecuteAsync($"DROP DATABASE `{_name}`");
    }
}
