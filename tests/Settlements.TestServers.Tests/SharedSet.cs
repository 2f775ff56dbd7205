using System.Globalization;
using MySqlConnector;

[assembly: AssemblyFixture(typeof(Settlements.TestServers.Tests.SharedSet))]

namespace Settlements.TestServers.Tests;

/// <summary>A replica set shared by the tests that don't change roles or replication.</summary>
public sealed class SharedSet : IAsyncLifetime
{
    public const string Database = "shop";

    public ReplicaSet Set { get; private set; } = null!;

    public ReplicaSetUser User { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Set = await ReplicaSet.StartAsync();
        User = await PrepareAsync(Set);
    }

    public async ValueTask DisposeAsync()
    {
        if (Set is not null)
            await Set.DisposeAsync();
    }

    /// <summary>Creates a database with a table of orders and an ordinary user.</summary>
    public static async Task<ReplicaSetUser> PrepareAsync(ReplicaSet set)
    {
        await set.CreateDatabaseAsync(Database);
        await set.Primary.ExecuteAsync($"CREATE TABLE {Database}.orders (id BIGINT PRIMARY KEY)");
        return await set.CreateUserAsync();
    }

    public static Task InsertAsync(ReplicaSetUser user, int port, int id) =>
        RunAsync(user.ConnectionString(port, Database), $"INSERT INTO orders VALUES ({id})");

    public static async Task<long> CountAsync(ReplicaSetUser user, int port) =>
        Convert.ToInt64(await RunAsync(user.ConnectionString(port, Database), "SELECT COUNT(*) FROM orders"), CultureInfo.InvariantCulture);

    /// <summary>Executes SQL on a new connection: pooled ones could belong to a stopped server.</summary>
    public static async Task<object?> RunAsync(string connectionString, string sql)
    {
        await using var connection = new MySqlConnection(
            $"{connectionString};Pooling=false;Connection Timeout=15;Default Command Timeout=15");
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
