using System.Text;
using Microsoft.Data.Sqlite;
using Settlements.Stores;
using Settlements.Testing;

namespace Settlements.Sqlite.Tests;

/// <summary>Validation of an application's table, whose columns may hold any value in SQLite; and the query plans that read it.</summary>
public sealed class SqliteApplicationTableFaultTests
{
    private const string Table = "CREATE TABLE plays (id TEXT, at, v TEXT, o TEXT); CREATE INDEX plays_at ON plays (at, id);";

    [Theory]
    [InlineData("at", "('1','2024-07-01 01:00:00','a','p'),('2','2024-07-01 01:00:00','a','p'),('3','2024-07-01 01:00:00','a','p')",
        "*same key*unique*")]
    [InlineData("at,id", "('1','2024-07-01 01:00:00','a','p'),(NULL,'2024-07-01 02:00:00','a','p')", "*null in its key*")]
    [InlineData("at,id", "('1','2024-06-30 15:00:00','a','p'),('2','2024-07-01T03:00:00Z','a','p'),('3','2024-07-03 01:00:00','a','p')",
        "*'2024-07-01T03:00:00Z'*without a zone*")]
    [InlineData("at,id", "('1','2024-06-30 15:00:00','a','p'),('2','2024-07-01 23:00:00+09:00','a','p'),('3','2024-07-03 "
        + "01:00:00','a','p')", "*+09:00*without a zone*")]
    [InlineData("at,id", "('1',1719792000,'a','p'),('2','2024-07-01 01:00:00','a','p')",
        "*column at holds '1719792000'*Text*OccurredAt(column, format)*")]
    [InlineData("at,id", "('1','2024-07-01 01:00:00',CAST(x'61ff' AS TEXT),'p')", "*v holds*")]
    [InlineData("at,id", "('1','2024-07-01 01:00:00',x'61','p')", "*v holds*text of 1 to 64*")]
    [InlineData("at,id", "('1','2024-07-01 01:00:00','','p')", "*v holds ''*text of 1 to 64*")]
    public async Task A_row_that_can_not_be_counted_stops_the_close_with_an_error_that_names_it(string key, string rows, string message)
    {
        await using var store = new SqliteUnderTest();
        await store.ExecuteAsync($"{Table} INSERT INTO plays VALUES {rows}");
        await using var scenario = await Scenario.StartAsync(store, s => Plays(s, key));

        var close = () => scenario.CloseAsync(Scenario.Monday.AddDays(2));

        (await close.Should().ThrowAsync<UsageSourceException>()).WithMessage(message);
    }

    [Theory]
    [InlineData("2024-07-01 02:00:00", true)]
    [InlineData("2024-02-29 23:59:59.1234567", true)]
    [InlineData("1900-01-02 00:00:00", true)]
    [InlineData("9998-12-30 23:59:59.999999", true)]
    [InlineData("1900-01-01 23:59:59", false)]
    [InlineData("9998-12-31 00:00:00", false)]
    [InlineData("2024/07/01 02:00:00", false)]
    [InlineData("2024-07-01T02:00:00", false)]
    [InlineData("2024-07-01 02-00-00", false)]
    [InlineData("2024-07-01 02:00", false)]
    [InlineData("2024-07-01", false)]
    [InlineData("2024-07-01 02:00:00Z", false)]
    [InlineData("2024-07-01 02:00:00+09:00", false)]
    [InlineData("2024-07-01 02:00:00.", false)]
    [InlineData("2024-07-01 02:00:00.1a", false)]
    [InlineData("2024-07-01 02:00:00 ", false)]
    [InlineData("2024-07-01 24:00:00", false)]
    [InlineData("2024-07-01 23:60:00", false)]
    [InlineData("2024-07-01 23:59:60", false)]
    [InlineData("2024-02-30 00:00:00", false)]
    [InlineData("2023-02-29 00:00:00", false)]
    [InlineData("2024-13-01 00:00:00", false)]
    [InlineData("2024-00-01 00:00:00", false)]
    [InlineData("2024-01-00 00:00:00", false)]
    [InlineData("0000-01-01 00:00:00", false)]
    [InlineData("2o24-07-01 02:00:00", false)]
    [InlineData("２024-07-01 02:00:00", false)]
    [InlineData("", false)]
    public void A_text_is_an_instant_when_it_is_an_existing_date_and_time_in_the_format(string text, bool isInstant) =>
        InstantColumn.IsText(Encoding.UTF8.GetBytes(text)).Should().Be(isInstant);

    /// <summary>
    /// The invalid instant sorts between valid rows of a day that is closed later. It is found because every row is read.
    /// </summary>
    [Theory]
    [InlineData("TEXT", InstantFormat.Text, "'2024-07-01 02:00:00'", "'2024-07-05 01:00:00'", "'2024-07-05 0x:00:00'",
        "'2024-07-05 11:00:00'")]
    [InlineData("NUMERIC", InstantFormat.UnixSeconds, "1719792000", "1720141200", "1720141200.5", "1720141201")]
    public async Task An_invalid_instant_that_sorts_into_a_later_day_stops_each_close_and_verification(
        string type, InstantFormat format, string monday, string valid, string invalid, string last)
    {
        await using var store = new SqliteUnderTest();
        await store.ExecuteAsync($"CREATE TABLE plays (id TEXT, at {type}, v TEXT, o TEXT); CREATE INDEX plays_at ON plays (at, id);");
        await store.ExecuteAsync($"INSERT INTO plays VALUES ('1', {monday}, 'a', 'p'), ('2', {valid}, 'a', 'p'), ('3', {last}, 'a', 'p')");
        await using var scenario = await Scenario.StartAsync(store, s => Plays(s, "at,id", format));
        await scenario.CloseAsync(Scenario.Monday);
        await store.ExecuteAsync($"INSERT INTO plays VALUES ('99', {invalid}, 'a', 'p')");

        var verify = () => scenario.Engine.Verifier.VerifyAsync(new DateRange(Scenario.Monday, Scenario.Monday));
        var close = () => scenario.CloseAsync(Scenario.Monday.AddDays(1));

        (await verify.Should().ThrowAsync<UsageSourceException>()).WithMessage($"*column at holds '{invalid.Trim('\'')}'*id = 99*");
        (await close.Should().ThrowAsync<UsageSourceException>()).WithMessage($"*column at holds '{invalid.Trim('\'')}'*id = 99*");
        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(1);
    }

    [Fact]
    public async Task The_rows_of_a_view_are_validated_like_those_of_a_table()
    {
        await using var store = new SqliteUnderTest();
        await store.ExecuteAsync("CREATE TABLE plays_raw (id TEXT, at, v TEXT, o TEXT); CREATE VIEW plays AS SELECT * FROM plays_raw");
        await store.ExecuteAsync("""
            INSERT INTO plays_raw VALUES ('1', '2024-07-01 01:00:00', 'a', 'p'), ('2', '2024/07/01 02:00:00', 'a', 'p'),
                                         ('3', '2025-01-02 01:00:00', 'a', 'p')
            """);
        await using var scenario = await Scenario.StartAsync(store, s => Plays(s, "at,id"));

        var close = () => scenario.CloseAsync(Scenario.Monday);

        (await close.Should().ThrowAsync<UsageSourceException>()).WithMessage("*column at holds '2024/07/01 02:00:00'*id = 2*");
    }

    [Fact]
    public async Task A_database_with_another_encoding_than_UTF_8_is_refused()
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
    public async Task A_slice_is_searched_by_its_own_bounds_and_not_from_the_start_of_the_day(bool from, bool to)
    {
        await using var store = new SqliteUnderTest();
        await using (await Scenario.StartAsync(store))
        {
        }

        await using var connection = new SqliteConnection(store.ConnectionString);
        await connection.OpenAsync();
        var slice = new SourceSlice(
            from ? [SliceValue.Of(1), SliceValue.Of([0])] : null, to ? [SliceValue.Of(2), SliceValue.Of([0])] : null);
        var rows = EventRows.OnTime(new BusinessCalendar("Asia/Seoul").RangeOf(Scenario.Monday));
        await using var explain = connection.CreateCommand();
        var sql = rows.Text("meter", slice);
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

    private static SettlementBuilder Plays(SettlementBuilder settlement, string key, InstantFormat format = InstantFormat.Text) =>
        settlement
        .Configure(o => o.ChunkRowsMax = 2)
        .Source("plays", p => p.Table("plays").Key(key.Split(',')).OccurredAt("at", format).Item("v").Payee("o").Counts("video.view"))
        .Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m));
}
