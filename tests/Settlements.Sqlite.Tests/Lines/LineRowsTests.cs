using Microsoft.Data.Sqlite;
using Settlements.Testing;

namespace Settlements.Sqlite.Tests.Lines;

/// <summary>The pages that a transaction of a close writes, and the lines of a payee that many transactions wrote.</summary>
public sealed class LineRowsTests
{
    private const int LinesPerTransaction = 1_000;

    [Fact]
    public async Task The_pages_of_a_transaction_do_not_grow_with_the_lines_of_the_day()
    {
        await using var store = new SqliteUnderTest();
        await using var scenario = await Scenario.StartAsync(store);
        await using var connection = new SqliteConnection(store.ConnectionString);
        connection.Open();

        var pages = Enumerable.Range(0, 40).Select(number => PagesOf(connection, number)).ToList();

        // Lines of about 90 bytes, and entries of about 60 in the index by payee: 150 kB in pages of 4 kB.
        pages[^1].Should().BeInRange(30, 80);
        pages[^1].Should().BeLessThan(2 * pages[1]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("video.view")]
    public async Task The_lines_of_a_payee_are_found_in_all_ranges(string? meter)
    {
        await using var store = new SqliteUnderTest();
        await using var scenario = await Scenario.StartAsync(store, s => s.Configure(o => o.PartialsPerItemRange = 2));
        await scenario.LoadAsync([.. Enumerable.Range(1, 21).Select(i => Scenario.Event(i, Scenario.Monday, i, $"v{i:00}", $"p{i % 3}"))]);

        await scenario.CloseAsync(Scenario.Monday);

        (await store.CountAsync("SELECT count(DISTINCT item_range) FROM settlement_lines")).Should().BeGreaterThan(5);
        var lines = new List<SettlementLine>();
        await foreach (var line in scenario.Engine.Lines.ReadAsync(
            new DateRange(Scenario.Monday, Scenario.Monday), new ItemFilter(meter, payeeId: "p1"), TestContext.Current.CancellationToken))
        {
            lines.Add(line);
        }

        lines.Select(l => l.ItemId).Should().Equal("v01", "v04", "v07", "v10", "v13", "v16", "v19");
    }

    private static int PagesOf(SqliteConnection connection, int number)
    {
        SQLitePCL.raw.sqlite3_db_status(connection.Handle, SQLitePCL.raw.SQLITE_DBSTATUS_CACHE_WRITE, out _, out _, 1);
        using (var transaction = connection.BeginTransaction())
        {
            LineRows.Write(connection, runId: 1, [.. Enumerable.Range(number * LinesPerTransaction, LinesPerTransaction).Select(Line)]);
            transaction.Commit();
        }

        SQLitePCL.raw.sqlite3_db_status(connection.Handle, SQLitePCL.raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        return pages;
    }

    /// <summary>A line whose payee has items in all transactions.</summary>
    private static SettlementLine Line(int item) => new(
        Scenario.Monday, LineKind.Usage, Scenario.Monday, "video.view", $"video-{item:0000000}", $"channel-{item * 7919 % 9973:000000}",
        Quantity: 1, Events: 1, new LinePrice(0, 1, "all", "2024", 1.1m, 1m, Currency.KRW));
}
