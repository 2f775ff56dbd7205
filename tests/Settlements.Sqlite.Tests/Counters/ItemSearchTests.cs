using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite.Tests.Counters;

/// <summary>The search finds the requested rows, whether it reads sequentially or seeks.</summary>
public sealed class ItemSearchTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 9)]
    [InlineData(3, 50)]
    [InlineData(50, 3)]
    public void Exactly_the_rows_of_the_requested_items_are_found(int everyRow, int everyItem)
    {
        using var connection = Open();
        var stored = Enumerable.Range(0, 400).Where(i => i % everyRow == 0).Select(Name).ToList();
        foreach (var item in stored)
            Insert(connection, "m", item, item.Length);
        Insert(connection, "l", Name(1), 7);
        Insert(connection, "n", Name(1), 7);
        var requested = Enumerable.Range(0, 420).Where(i => i % everyItem == 0).Select(Name).Order(Utf8Order.Instance).ToList();

        var found = new List<(string, long)>();
        using (var search = new ItemSearch(connection, "quantity", "counters", "meter = ?", "m"))
            search.Find(requested, (item, row) => found.Add((item, row.Int64(1))), default);

        found.Should().Equal(requested.Where(stored.Contains).Select(item => (item, (long)item.Length)));
    }

    [Fact]
    public void All_rows_of_an_item_are_found()
    {
        using var connection = Open();
        foreach (var quantity in new[] { 1, 2, 3 })
            Insert(connection, "m", "b", quantity);
        Insert(connection, "m", "a", 9);

        var found = new List<(string, long)>();
        using (var search = new ItemSearch(connection, "quantity", "counters", "meter = ?", "m"))
            search.Find(["a0", "b", "c"], (item, row) => found.Add((item, row.Int64(1))), default);

        found.Should().Equal(("b", 1), ("b", 2), ("b", 3));
    }

    private static string Name(int number) => number % 7 == 0 ? $"item-{number:0000}-é\0" : $"item-{number:0000}";

    private static SqliteConnection Open()
    {
        var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using var create = connection.CreateCommand();
        create.CommandText = """
            CREATE TABLE counters (meter TEXT, item_id TEXT, quantity INTEGER, PRIMARY KEY (meter, item_id, quantity)) STRICT, WITHOUT ROWID
            """;
        create.ExecuteNonQuery();
        return connection;
    }

    private static void Insert(SqliteConnection connection, string meter, string item, long quantity)
    {
        using var insert = new SqliteStatement(connection, "INSERT INTO counters VALUES (?, ?, ?)");
        insert.Bind(1, meter).Bind(2, item).Bind(3, quantity).Execute();
    }
}
