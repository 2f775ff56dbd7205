using System.Data.Common;

namespace Settlements.Testing;

/// <summary>A table <c>usage_rows</c> in the store's database as a usage source under test.</summary>
/// <param name="store">The store.</param>
/// <param name="hasKey">Whether the source is divided by its key; otherwise by instants.</param>
public sealed class SqlSourceUnderTest(StoreUnderTest store, bool hasKey) : UsageSourceUnderTest
{
    public override string QuantityColumn => "quantity";

    public static async Task<SqlSourceUnderTest> NewAsync(StoreUnderTest store, bool hasKey, string tableOptions = "")
    {
        await store.ExecuteAsync($"""
            CREATE TABLE usage_rows (id VARCHAR(36) NOT NULL PRIMARY KEY, occurred_at BIGINT NOT NULL, item_id VARCHAR(64) NOT NULL,
                payee_id VARCHAR(64) NOT NULL, quantity BIGINT NOT NULL) {tableOptions};
            CREATE INDEX usage_rows_at ON usage_rows (occurred_at)
            """);
        return new SqlSourceUnderTest(store, hasKey);
    }

    public override async Task InsertAsync(IReadOnlyList<UsageEvent> rows)
    {
        await using var connection = await store.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var row in rows)
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = "INSERT INTO usage_rows VALUES (@id, @at, @item, @payee, @quantity)";
            Add(command, "id", row.EventId.ToString());
            Add(command, "at", UnixMicroseconds.From(row.OccurredAt));
            Add(command, "item", row.ItemId);
            Add(command, "payee", row.PayeeId);
            Add(command, "quantity", row.Quantity);
            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }

    public override UsageTableBuilder Configure(UsageTableBuilder source)
    {
        ArgumentNullException.ThrowIfNull(source);
        source.Table("usage_rows").OccurredAt("occurred_at", InstantFormat.UnixMicroseconds).Item("item_id").Payee("payee_id");
        return hasKey ? source.Key("id") : source;
    }

    /// <summary>Disposes nothing: the table is dropped with the store.</summary>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
