namespace Settlements.Testing;

/// <summary>
/// Contract tests of schemas as they are: joined tables, payees as of the usage date, meters by the value of a column, smaller units,
/// views, and tables without a key.
/// </summary>
public abstract partial class SourceSchemaContract
{
    private static readonly DateOnly Tuesday = Scenario.Monday.AddDays(1);

    /// <summary>Two videos; the owner of the second changes on Tuesday.</summary>
    private const string Schema = """
        CREATE TABLE videos (id INTEGER NOT NULL PRIMARY KEY, country VARCHAR(8) NOT NULL);
        CREATE TABLE video_owners (video_id INTEGER NOT NULL, valid_from VARCHAR(10) NOT NULL, owner_id VARCHAR(20) NOT NULL,
            PRIMARY KEY (video_id, valid_from));
        CREATE TABLE play_log (id INTEGER NOT NULL PRIMARY KEY, started_at VARCHAR(30) NOT NULL, video_id INTEGER NOT NULL,
            watched_ms BIGINT NOT NULL, is_bot INTEGER NOT NULL);
        CREATE INDEX play_log_at ON play_log (started_at);
        INSERT INTO videos VALUES (1, 'KR'), (2, 'US');
        INSERT INTO video_owners VALUES (1, '2024-01-01', 'ann'), (2, '2024-01-01', 'bob'), (2, '2024-07-02', 'cat')
        """;

    protected abstract StoreUnderTest NewStore();

    [Fact]
    public async Task Joins_payees_as_of_the_usage_date_and_meters_by_column_need_no_change_of_the_schema()
    {
        await using var store = await FilledAsync();
        await using var scenario = await StartAsync(store);

        await scenario.CloseAsync(Tuesday);

        (await SchemaLines.ReadAsync(scenario)).Should().Equal(SchemaLines.OfTwoDays);
        await scenario.CheckAsync(Scenario.Monday, Tuesday);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Lines_are_the_same_for_any_size_of_chunks_without_a_key(int chunkRows)
    {
        await using var store = await FilledAsync();
        await using var scenario = await StartAsync(store, s => s.Configure(o => o.ChunkRowsMax = chunkRows));

        await scenario.CloseAsync(Scenario.Monday);

        (await SchemaLines.ReadAsync(scenario)).Should().Equal(
            "2024-07-01 video.seconds 1 ann 4 of 5", "2024-07-01 video.seconds 2 bob 4 of 5", "2024-07-01 video.view:KR 1 ann 5 of 5",
            "2024-07-01 video.view:US 2 bob 5 of 5");
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday);
    }

    [Fact]
    public async Task Late_rows_are_reconciled_in_whole_units_without_a_rounding_per_row()
    {
        await using var store = await FilledAsync();
        await using var scenario = await StartAsync(store);
        await scenario.CloseAsync(Scenario.Monday);

        // 4,500 ms became 4 seconds; 300 ms more are none, and 200 ms more make the fifth.
        await store.ExecuteAsync(Play(200, Scenario.Monday, 1, 300));
        var first = await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Scenario.Monday));
        await store.ExecuteAsync(Play(201, Scenario.Monday, 1, 200));
        var second = await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Scenario.Monday));
        await scenario.CloseAsync(Tuesday);

        first.Findings.Select(f => (f.Meter, f.Quantity, f.Events)).Should().Equal(("video.seconds", 0, 1), ("video.view:KR", 1, 1));
        second.Findings.Select(f => (f.Meter, f.Quantity, f.Events)).Should().Equal(("video.seconds", 1, 1), ("video.view:KR", 1, 1));
        await scenario.CheckAsync(Scenario.Monday, Tuesday);
    }

    [Fact]
    public async Task A_value_that_is_not_declared_is_quarantined_and_paid_once_it_is()
    {
        await using var store = await FilledAsync();
        await store.ExecuteAsync("UPDATE videos SET country = 'FR' WHERE id = 2");
        await using (var scenario = await StartAsync(store))
        {
            var closed = await scenario.Engine.Days.CloseThroughAsync(Scenario.Monday);

            closed.Should().ContainSingle().Which.Quarantined.Should().ContainSingle().Which.Should().Match<QuarantinedUsage>(
                q => q.Meter == "video.view:FR" && q.ItemId == "2" && q.Quantity == 5 && q.Reason.Contains("Add Rates(\"video.view:FR\""));
            (await SchemaLines.ReadAsync(scenario))
                .Should().NotContain(l => l.Contains("FR")).And.Contain("2024-07-01 video.view:KR 1 ann 5 of 5");
            await scenario.CheckAsync(Scenario.Monday, Scenario.Monday);
        }

        await using var declared = await StartAsync(
            store, s => s.Rates("video.view:FR", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 7m)));
        await declared.CloseAsync(Tuesday);

        (await declared.LinesAsync(Tuesday, Tuesday)).Where(l => l.Meter == "video.view:FR")
            .Select(l => (l.UsageDate, l.PayeeId, l.Quantity)).Should().BeEquivalentTo(
                [(Scenario.Monday, "bob", 5L), (Tuesday, "cat", 5L)]);
        await declared.CheckAsync(Scenario.Monday, Tuesday);
    }

    [Fact]
    public async Task Values_that_are_not_declared_count_together_when_the_source_names_another_value()
    {
        await using var store = await FilledAsync();
        await store.ExecuteAsync("UPDATE videos SET country = 'FR' WHERE id = 2");
        await using var scenario = await StartAsync(
            store, s => s.Rates("video.view:other", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 2m)), other: "other");

        await scenario.CloseAsync(Scenario.Monday);

        (await SchemaLines.ReadAsync(scenario)).Should().Contain("2024-07-01 video.view:other 2 bob 5 of 5");
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday);
    }

    [Fact]
    public async Task A_view_is_a_source()
    {
        await using var store = await FilledAsync();
        await store.ExecuteAsync(
            "CREATE VIEW counted_plays AS SELECT p.*, v.country FROM play_log p JOIN videos v ON v.id = p.video_id WHERE p.is_bot = 0");
        await using var scenario = await Scenario.StartAsync(store, s => Rates(s).Source(
            "plays", plays => Instant(plays.Table("counted_plays"))
            .Item("video_id").PayeeAsOf("video_owners", on: "video_id", from: "valid_from", payee: "owner_id").CountedFrom(Scenario.Monday)
            .Counts("video.view", by: "country")));

        await scenario.CloseAsync(Scenario.Monday);

        (await SchemaLines.ReadAsync(scenario)).Should().Equal(
            "2024-07-01 video.view:KR 1 ann 5 of 5", "2024-07-01 video.view:US 2 bob 5 of 5");
    }

    [Fact]
    public async Task An_item_without_a_payee_on_the_usage_date_is_named()
    {
        await using var store = await FilledAsync();
        await store.ExecuteAsync("DELETE FROM video_owners WHERE video_id = 1");
        await using var scenario = await StartAsync(store);

        await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>()
            .WithMessage("*'plays'*video_owners has no payee*2024-07-01*valid_from*Where*");
    }

    [Fact]
    public async Task A_joined_table_with_two_rows_for_one_is_refused()
    {
        await using var store = await FilledAsync();
        await store.ExecuteAsync("""
            CREATE TABLE regions (video INTEGER NOT NULL, country VARCHAR(8) NOT NULL);
            INSERT INTO regions VALUES (1, 'KR'), (1, 'US'), (2, 'KR')
            """);
        await using var scenario = await Scenario.StartAsync(store, s => Rates(s).Source("plays", plays => Instant(plays.Table("play_log"))
            .Join("regions", "regions.video = play_log.video_id").Item("video_id")
            .PayeeAsOf("video_owners", on: "video_id", from: "valid_from", payee: "owner_id").CountedFrom(Scenario.Monday)
            .Counts("video.view", by: "regions.country")));

        await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>()
            .WithMessage("*'plays'*several rows of table regions have video = 1*unique index*");
    }

    [Fact]
    public async Task A_row_without_a_match_in_a_joined_table_is_named()
    {
        await using var store = await FilledAsync();
        await store.ExecuteAsync("DELETE FROM videos WHERE id = 2");
        await using var scenario = await StartAsync(store);

        await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>()
            .WithMessage("*'plays'*country holds null*started_at = *");
    }

    [Theory]
    [InlineData("videos", "videos.id = 5", "*'videos.id = 5' is not an equality*")]
    [InlineData("videos", "videos.id > play_log.video_id", "*is not an equality*videos.column = play_log.column*")]
    [InlineData("play_log", "play_log.id = play_log.video_id", "*play_log*Join each table once*")]
    public void A_join_that_is_not_an_equality_of_columns_is_refused(string table, string condition, string message)
    {
        var errors = new List<string>();
        var builder = new UsageTableBuilder("plays").Table("play_log").Join(table, condition).OccurredAt("started_at").Item("video_id")
            .Payee("owner").Counts("video.view");

        builder.Build(errors).Should().BeNull();

        errors.Should().ContainSingle().Which.Should().Match($"Source 'plays': {message}");
    }

    /// <summary>A text of a collation that ignores case, or of another one that does.</summary>
    private const string TextId = "TEXT_ID", OtherId = "OTHER_ID";

    /// <summary>A text that is compared by bytes.</summary>
    private const string BinaryId = "BINARY_ID";

    /// <summary>Starts with a source whose countries and owners are in the tables regions and owners.</summary>
    private Task<Scenario> StartAsync(StoreUnderTest store, string table, string item, string key, string? other = null) =>
        Scenario.StartAsync(store, s => Rates(s).Source("plays", plays => Instant(plays.Table(table))
            .Join("regions", $"regions.{key} = {table}.{item}").Item($"{table}.{item}")
            .PayeeAsOf("owners", on: key, from: "since", payee: "owner", InstantFormat.UnixSeconds)
            .Where(table == "play_log" ? "is_bot = 0" : "1 = 1").CountedFrom(Scenario.Monday)
            .Counts("video.view", by: "country", other: other)));

    /// <summary>Starts with a source that uses everything; each row of a video watches 900 ms.</summary>
    private Task<Scenario> StartAsync(StoreUnderTest store, Action<SettlementBuilder>? configure = null, string? other = null) =>
        Scenario.StartAsync(store, s =>
        {
            Rates(s).Source("plays", plays => Instant(plays.Table("play_log")).Join("videos", "videos.id = play_log.video_id")
                .Item("play_log.video_id").PayeeAsOf("video_owners", on: "video_id", from: "valid_from", payee: "owner_id")
                .Where("is_bot = 0").CountedFrom(Scenario.Monday)
                .Counts("video.view", by: "country", other: other).Sums("video.seconds", "watched_ms", per: 1000));
            configure?.Invoke(s);
        });

    /// <summary>Sets the column of the instant.</summary>
    protected virtual UsageTableBuilder Instant(UsageTableBuilder plays) => plays.OccurredAt("started_at");

    private static SettlementBuilder Rates(SettlementBuilder settlement) => settlement
        .Rates("video.view:KR", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m))
        .Rates("video.view:US", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 3m)).Meter("video.seconds");

    private async Task<StoreUnderTest> FilledAsync()
    {
        var store = NewStore();
        await store.ExecuteAsync(Create(Schema));
        for (var i = 0; i < 24; i++)
            await store.ExecuteAsync(Play(i, Scenario.Monday.AddDays(i / 12), 1 + i % 2, 900, isBot: i % 12 < 2));
        return store;
    }

    /// <summary>Adapts the schema to the types of an engine.</summary>
    protected virtual string Create(string schema) => schema
        .Replace(TextId, "VARCHAR(8) COLLATE NOCASE", StringComparison.Ordinal)
        .Replace(OtherId, "VARCHAR(8) COLLATE RTRIM", StringComparison.Ordinal)
        .Replace(BinaryId, "VARCHAR(8)", StringComparison.Ordinal);

    private static string Play(int id, DateOnly day, int video, int milliseconds, bool isBot = false) => FormattableString.Invariant(
        $"INSERT INTO play_log VALUES ({id}, '{day:yyyy-MM-dd} 03:00:0{id % 10}', {video}, {milliseconds}, {(isBot ? 1 : 0)})");
}
