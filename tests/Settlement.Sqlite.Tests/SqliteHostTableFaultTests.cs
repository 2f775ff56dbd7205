using Microsoft.Data.Sqlite;
using Settlement.BillableEvents;
using Settlement.BusinessDays;
using Settlement.Calendars;
using Settlement.Rates;
using Settlement.Sqlite.Connections;
using Settlement.Sqlite.Sums;
using Settlement.Testing.Contracts;

namespace Settlement.Sqlite.Tests;

/// <summary>SQLite lets any value stand in any column, so a host's table is looked at closely; and how its rows are found.</summary>
public sealed class SqliteHostTableFaultTests
{
    private const string Table = "CREATE TABLE plays (id TEXT, at, v TEXT, o TEXT); CREATE INDEX plays_at ON plays (at, id);";

    [Theory]
    [InlineData("at", "('1','2024-07-01 01:00:00','a','p'),('2','2024-07-01 01:00:00','a','p'),('3','2024-07-01 01:00:00','a','p')", "*same key*unique*")]
    [InlineData("at,id", "('1','2024-07-01 01:00:00','a','p'),(NULL,'2024-07-01 02:00:00','a','p')", "*null in its key*")]
    [InlineData("at,id", "('1','2024-06-30 15:00:00','a','p'),('2','2024-07-01T03:00:00Z','a','p'),('3','2024-07-03 01:00:00','a','p')", "*'2024-07-01T03:00:00Z'*without a zone*")]
    [InlineData("at,id", "('1','2024-06-30 15:00:00','a','p'),('2','2024-07-01 23:00:00+09:00','a','p'),('3','2024-07-03 01:00:00','a','p')", "*+09:00*without a zone*")]
    [InlineData("at,id", "('1',1719792000,'a','p'),('2','2024-07-01 01:00:00','a','p')", "*at of table plays holds '1719792000'*Text*OccurredAt(column, format)*")]
    [InlineData("at,id", "('1','2024-07-01 01:00:00',CAST(x'61ff' AS TEXT),'p')", "*v holds*")]
    [InlineData("at,id", "('1','2024-07-01 01:00:00',x'61','p')", "*v holds*text of 1 to 64*")]
    [InlineData("at,id", "('1','2024-07-01 01:00:00','','p')", "*v holds ''*text of 1 to 64*")]
    public async Task What_can_not_be_counted_is_named_and_never_guessed(string key, string rows, string message)
    {
        await using var store = new SqliteUnderTest();
        await store.ExecuteAsync($"{Table} INSERT INTO plays VALUES {rows}");
        await using var scenario = await Scenario.StartAsync(store, s => Plays(s, key));

        var close = () => scenario.CloseAsync(Scenario.Monday.AddDays(2));

        (await close.Should().ThrowAsync<EventSourceException>()).WithMessage(message);
    }

    [Fact]
    public async Task A_database_that_is_not_of_utf8_is_refused()
    {
        await using var store = new SqliteUnderTest();
        await store.ExecuteAsync("PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (a)");

        var start = () => Scenario.StartAsync(store);

        await start.Should().ThrowAsync<InvalidOperationException>().WithMessage("*UTF-16le*UTF-8*");
    }

    [Fact]
    public async Task Two_sources_that_count_the_same_rows_for_the_same_meter_are_refused()
    {
        await using var store = new SqliteUnderTest();

        await store.ExecuteAsync($"{Table} INSERT INTO plays VALUES ('1', '2024-07-01 01:00:00', 'a', 'p')");
        await using var scenario = await Scenario.StartAsync(store, s => Plays(s, "at,id").Source("again", p => p
            .Table("PLAYS").Key("at").OccurredAt("at").Item("v").Payee("o").Counts("video.view")));

        var close = () => scenario.CloseAsync(Scenario.Monday);

        await close.Should().ThrowAsync<CloseRefusedException>().WithMessage("*'plays' and 'again'*table main.plays*'video.view'*");
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_chunk_is_found_by_its_keys_and_not_from_the_days_start(bool from, bool to)
    {
        await using var store = new SqliteUnderTest();
        await using (await Scenario.StartAsync(store))
        {
        }

        await using var connection = new SqliteConnection(store.ConnectionString);
        await connection.OpenAsync();
        var keys = new KeyRange(from ? ["i1", "x00"] : null, to ? ["i2", "x00"] : null);
        var rows = EventRows.OnTime(new BusinessCalendar("Asia/Seoul").RangeOf(Scenario.Monday));
        await using var explain = connection.CreateCommand();
        var sql = rows.Text("meter", keys);
        for (var i = 0; sql.Contains('?', StringComparison.Ordinal); i++)
            sql = sql[..sql.IndexOf('?', StringComparison.Ordinal)] + "1" + sql[(sql.IndexOf('?', StringComparison.Ordinal) + 1)..];
        explain.CommandText = $"EXPLAIN QUERY PLAN {sql}";
        await using var plan = await explain.ExecuteReaderAsync();
        await plan.ReadAsync();

        var detail = plan.GetString(3);
        detail.Should().StartWith("SEARCH");
        if (from)
            detail.Should().Contain("(occurred_at,event_id)>(?,?)");
        if (to)
            detail.Should().Contain("(occurred_at,event_id)<(?,?)");
    }

    private static SettlementBuilder Plays(SettlementBuilder settlement, string key) => settlement
        .Configure(o => o.ChunkRowsMax = 2)
        .Source("plays", p => p.Table("plays").Key(key.Split(',')).OccurredAt("at").Item("v").Payee("o").Counts("video.view"))
        .Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m));
}
