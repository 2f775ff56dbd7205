using MySqlConnector;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Sources;

/// <summary>A table on one or several other servers than the store's, each row on one of them.</summary>
internal sealed class ShardsUnderTest : UsageSourceUnderTest
{
    private readonly Action<MySqlSourceOptions>? _configure;

    private ShardsUnderTest(IReadOnlyList<MySqlUnderTest> databases, Action<MySqlSourceOptions>? configure) =>
        (Databases, _configure) = (databases, configure);

    /// <summary>The databases, one for each server.</summary>
    public IReadOnlyList<MySqlUnderTest> Databases { get; }

    public override string QuantityColumn => "quantity";

    /// <summary>Creates the tables.</summary>
    /// <param name="shared">The server.</param>
    /// <param name="servers">The number of databases.</param>
    /// <param name="configure">Sets the options; null for <see cref="SumPlan.Stream"/> of the databases.</param>
    /// <param name="index">The index of the tables besides the primary key.</param>
    public static async Task<ShardsUnderTest> NewAsync(
        SharedServer shared, int servers, Action<MySqlSourceOptions>? configure = null, string index = "KEY usage_rows_at (occurred_at)")
    {
        var shards = new ShardsUnderTest([.. Enumerable.Range(0, servers).Select(_ => new MySqlUnderTest(shared.Server))], configure);
        foreach (var database in shards.Databases)
            await database.ExecuteAsync(Table("usage_rows", index));
        return shards;
    }

    public static string Table(string name, string index, string tail = "") => $"""
        CREATE TABLE {name} (id VARCHAR(36) NOT NULL, occurred_at DATETIME(6) NOT NULL, item_id VARCHAR(64) NOT NULL,
            payee_id VARCHAR(64) NOT NULL, quantity BIGINT NOT NULL, PRIMARY KEY (id), {index}) CHARACTER SET utf8mb4 {tail}
        """;

    public override async Task InsertAsync(IReadOnlyList<UsageEvent> rows)
    {
        foreach (var (shard, database) in Databases.Index())
            await InsertAsync(database.ConnectionString, "usage_rows", rows.Where((_, i) => i % Databases.Count == shard));
    }

    public static async Task InsertAsync(string connectionString, string table, IEnumerable<UsageEvent> rows)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var row in rows)
        {
            await using var command = new MySqlCommand(
                $"INSERT INTO {table} VALUES (@id, @at, @item, @payee, @quantity)", connection, transaction);
            command.Parameters.AddWithValue("id", row.EventId.ToString());
            command.Parameters.AddWithValue("at", row.OccurredAt.UtcDateTime);
            command.Parameters.AddWithValue("item", row.ItemId);
            command.Parameters.AddWithValue("payee", row.PayeeId);
            command.Parameters.AddWithValue("quantity", row.Quantity);
            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }

    public override UsageTableBuilder Configure(UsageTableBuilder source) => Columns(source).OnMySqlServer(options =>
    {
        foreach (var database in Databases)
            options.ConnectionStrings.Add(database.ConnectionString);
        _configure?.Invoke(options);
    });

    public static UsageTableBuilder Columns(UsageTableBuilder source) =>
        source.Table("usage_rows").OccurredAt("occurred_at").Item("item_id").Payee("payee_id");

    public override async ValueTask DisposeAsync()
    {
        foreach (var database in Databases)
            await database.DisposeAsync();
    }
}
