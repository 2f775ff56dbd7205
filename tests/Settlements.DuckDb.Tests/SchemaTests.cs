using Settlements.Sqlite.Tests;
using Settlements.Testing;

namespace Settlements.DuckDb.Tests;

/// <summary>Tests of joined files, payees as of the usage date, meters by the value of a column, and smaller units.</summary>
public sealed class SchemaTests : IDisposable
{
    private static readonly DateOnly Tuesday = Scenario.Monday.AddDays(1);

    private readonly DuckDbFolder _folder = new();

    /// <summary>Two videos, whose ids are integers in Parquet and text elsewhere; the owner of the second changes on Tuesday.</summary>
    public SchemaTests()
    {
        _folder.WriteText("videos.csv", "id,country\n1,KR\n2,US\n");
        Owners("(1, DATE '2024-01-01', 'ann'), (2, DATE '2024-01-01', 'bob'), (2, DATE '2024-07-02', 'cat')");
        _folder.Write("plays/000.parquet", string.Join(" UNION ALL ", Enumerable.Range(0, 24).Select(
            i => Row(i, Scenario.Monday.AddDays(i / 12), 1 + i % 2, 900, isBot: i % 12 < 2))));
    }

    public static TheoryData<string> Formats => ["parquet", "csv", "jsonl"];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Joins_payees_as_of_the_usage_date_and_meters_by_column_need_no_change_of_the_files(string format)
    {
        Merge(format);
        await using var store = new SqliteUnderTest();
        await using var scenario = await StartAsync(store, format);

        await scenario.CloseAsync(Tuesday);

        (await SchemaLines.ReadAsync(scenario)).Should().Equal(SchemaLines.OfTwoDays);
        await scenario.CheckAsync(Scenario.Monday, Tuesday);
    }

    [Fact]
    public async Task Tables_of_a_database_are_joined()
    {
        DuckDbFolder.Execute($"ATTACH '{_folder["plays.duckdb"]}' AS d; USE d;"
            + $"CREATE TABLE play_log AS SELECT * FROM read_parquet('{_folder["plays/*.parquet"]}');"
            + $"CREATE TABLE videos AS SELECT * FROM read_csv('{_folder["videos.csv"]}');"
            + $"CREATE SCHEMA meta; CREATE TABLE meta.video_owners AS SELECT * FROM read_parquet('{_folder["owners.parquet"]}')");
        await using var store = new SqliteUnderTest();
        await using var scenario = await Scenario.StartAsync(store, s => Rates(s).Source("plays", p => Measures(p
            .OnDuckDb(f => f.Database(_folder["plays.duckdb"])).Table("play_log").Join("videos", "videos.id = play_log.video_id")
            .PayeeAsOf("meta.video_owners", on: "video_id", from: "valid_from", payee: "owner_id"))));

        await scenario.CloseAsync(Tuesday);

        (await SchemaLines.ReadAsync(scenario)).Should().HaveCount(8).And.Contain("2024-07-01 video.view:US 2 bob 5 of 5")
            .And.Contain("2024-07-02 video.view:US 2 cat 5 of 5");
        await scenario.CheckAsync(Scenario.Monday, Tuesday);
    }

    [Fact]
    public async Task A_value_that_is_not_declared_is_quarantined()
    {
        _folder.WriteText("videos.csv", "id,country\n1,KR\n2,FR\n");
        await using var store = new SqliteUnderTest();
        await using var scenario = await StartAsync(store, "parquet");

        var closed = await scenario.Engine.Days.CloseThroughAsync(Scenario.Monday);

        closed.Should().ContainSingle().Which.Quarantined.Should().ContainSingle().Which.Should().Match<QuarantinedUsage>(
            q => q.Meter == "video.view:FR" && q.ItemId == "2" && q.PayeeId == "bob" && q.Quantity == 5);
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday);
    }

    [Fact]
    public async Task Values_that_are_not_declared_count_together_when_the_source_names_another_value()
    {
        _folder.WriteText("videos.csv", "id,country\n1,KR\n");
        await using var store = new SqliteUnderTest();
        await using var scenario = await StartAsync(store, "parquet", other: "US");

        await scenario.CloseAsync(Scenario.Monday);

        (await SchemaLines.ReadAsync(scenario)).Should().Contain("2024-07-01 video.view:US 2 bob 5 of 5");
    }

    [Fact]
    public async Task A_row_without_a_match_in_a_joined_file_is_named()
    {
        _folder.WriteText("videos.csv", "id,country\n1,KR\n");
        await using var store = new SqliteUnderTest();
        await using var scenario = await StartAsync(store, "parquet");

        await RefusedAsync(scenario, "column country holds null in row 4 of file *plays*parquet; it must be text or an integer that "
            + "makes meter*");
    }

    [Fact]
    public async Task A_joined_file_with_two_rows_for_one_is_refused()
    {
        _folder.WriteText("videos.csv", "id,country\n1,KR\n2,US\n1,US\n,US\n,US\n");
        await using var store = new SqliteUnderTest();
        await using var scenario = await StartAsync(store, "parquet");

        await RefusedAsync(scenario, "several rows of table videos have id = 1, so that a row of the source would count several times*");
    }

    [Fact]
    public async Task An_item_without_a_payee_and_ambiguous_histories_are_named()
    {
        await using var store = new SqliteUnderTest();
        await using var scenario = await StartAsync(store, "parquet");

        Owners("(1, DATE '2024-07-02', 'ann'), (2, DATE '2024-01-01', 'bob')");
        await RefusedAsync(scenario, "table video_owners has no payee of item '1' as of 2024-07-01. Add a row with valid_from*");
        Owners("(1, DATE '2024-01-01', 'ann'), (2, DATE '2024-01-01', 'bob'), (2, DATE '2024-01-01', 'cat')");
        await RefusedAsync(scenario, "several rows of table video_owners have video_id = 2, valid_from = 2024-01-01, so that the payee "
            + "is ambiguous*");
        Owners("(1, DATE '2024-01-01', 'ann'), (2, NULL, 'bob')");
        await RefusedAsync(scenario, "table video_owners has a row of item '2' whose valid_from is no instant and no date*");
    }

    [Theory]
    [InlineData("TIMESTAMP '2024-07-01 15:00:00'", InstantFormat.Text)]
    [InlineData("TIMESTAMPTZ '2024-07-02 00:00:00+09'", InstantFormat.Text)]
    [InlineData("'2024-07-02'", InstantFormat.Text)]
    [InlineData("'2024-07-01 15:00:00'", InstantFormat.Text)]
    [InlineData("1719846000", InstantFormat.UnixSeconds)]
    public async Task Payees_are_valid_from_an_instant_or_a_date_of_the_calendar(string tuesday, InstantFormat format)
    {
        var first = format == InstantFormat.Text ? tuesday.Replace("-07-0", "-01-0", StringComparison.Ordinal) : "1";
        Owners($"(1, {first}, 'ann'), (2, {first}, 'bob'), (2, {tuesday}, 'cat')");
        await using var store = new SqliteUnderTest();
        await using var scenario = await StartAsync(store, "parquet", fromFormat: format);

        await scenario.CloseAsync(Tuesday);

        (await SchemaLines.ReadAsync(scenario)).Where(l => l.Contains(":US", StringComparison.Ordinal)).Should().Equal(
            "2024-07-01 video.view:US 2 bob 5 of 5", "2024-07-02 video.view:US 2 cat 5 of 5");
    }

    [Fact]
    public async Task Late_rows_are_reconciled_in_whole_units_and_only_after_a_change_of_the_files()
    {
        await using var store = new SqliteUnderTest();
        await using var scenario = await StartAsync(store, "parquet");
        await scenario.CloseAsync(Scenario.Monday);
        var monday = new DateRange(Scenario.Monday, Scenario.Monday);
        (await scenario.Engine.Reconciler.ReconcileAsync(monday)).Findings.Should().BeEmpty();

        // 4,500 ms became 4 seconds; 300 ms more are none, and 200 ms more make the fifth.
        Play(200, Scenario.Monday, 1, 300);
        var first = await scenario.Engine.Reconciler.ReconcileAsync(monday);
        Play(201, Scenario.Monday, 1, 200);
        var second = await scenario.Engine.Reconciler.ReconcileAsync(monday);
        await scenario.CloseAsync(Tuesday);

        first.Findings.Select(f => (f.Meter, f.Quantity, f.Events)).Should().Equal(("video.seconds", 0, 1), ("video.view:KR", 1, 1));
        second.Findings.Select(f => (f.Meter, f.Quantity, f.Events)).Should().Equal(("video.seconds", 1, 1), ("video.view:KR", 1, 1));
        await scenario.CheckAsync(Scenario.Monday, Tuesday);
    }

    private static async Task RefusedAsync(Scenario scenario, string error) =>
        (await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>())
            .WithMessage($"Source 'plays': {error}");

    private void Play(int id, DateOnly day, int video, int milliseconds) =>
        _folder.Write(FormattableString.Invariant($"plays/{id:d3}.parquet"), Row(id, day, video, milliseconds));

    private static string Row(int id, DateOnly day, int video, int milliseconds, bool isBot = false) => FormattableString.Invariant(
        $"SELECT TIMESTAMP '{day:yyyy-MM-dd} 03:00:0{id % 10}' AS started_at, {video} AS video_id, {milliseconds} AS watched_ms, ")
        + $"{(isBot ? 1 : 0)} AS is_bot";

    private void Owners(string rows) =>
        _folder.Write("owners.parquet", $"SELECT * FROM (VALUES {rows}) AS t(video_id, valid_from, owner_id)");

    /// <summary>Writes the plays and the owners in another format.</summary>
    private void Merge(string format)
    {
        if (format == "parquet")
            return;
        _folder.Write($"plays/all.{format}", $"SELECT * FROM read_parquet('{_folder["plays/*.parquet"]}')");
        _folder.Write($"owners.{format}", $"SELECT * FROM read_parquet('{_folder["owners.parquet"]}')");
    }

    private Task<Scenario> StartAsync(
        StoreUnderTest store, string format, string? other = null, InstantFormat fromFormat = InstantFormat.Text) =>
        Scenario.StartAsync(store, s => Rates(s).Source("plays", p => Measures(
            p.OnDuckDb(f =>
            {
                FormatTests.Add(f.Csv("videos", _folder["videos.csv"]), format, _folder["plays"]);
                _ = format switch
                {
                    "parquet" => f.Parquet("video_owners", _folder["owners.parquet"]),
                    "csv" => f.Csv("video_owners", _folder["owners.csv"]),
                    _ => f.JsonLines("video_owners", _folder["owners.jsonl"]),
                };
            }).Table("play_log").Join("videos", "videos.id = play_log.video_id")
                .PayeeAsOf("video_owners", on: "video_id", from: "valid_from", payee: "owner_id", fromFormat), other)));

    private static UsageTableBuilder Measures(UsageTableBuilder source, string? other = null) => source
        .OccurredAt("started_at").Item("play_log.video_id").Where("is_bot = 0").CountedFrom(Scenario.Monday)
        .Counts("video.view", by: "country", other: other).Sums("video.seconds", "watched_ms", per: 1000);

    private static SettlementBuilder Rates(SettlementBuilder settlement) => settlement
        .Rates("video.view:KR", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m))
        .Rates("video.view:US", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 3m)).Meter("video.seconds");

    public void Dispose() => _folder.Dispose();
}
