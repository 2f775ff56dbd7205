using System.Globalization;
using Settlements.Sqlite.Tests;
using Settlements.TestServers;
using Settlements.Testing;

namespace Settlements.ClickHouse.Tests;

/// <summary>Schemas as they are: joins, payees as of the usage date, meters by value, types.</summary>
public abstract class SchemaTests
{
    private protected abstract Task<ClickHouseUnderTest> NewAsync();

    private static readonly DateOnly Tuesday = Scenario.Monday.AddDays(1);

    [Fact]
    public async Task Joins_payees_as_of_the_usage_date_meters_by_column_and_scales_are_as_in_the_store()
    {
        await using var store = new SqliteUnderTest();
        await using var source = await FilledAsync();
        await using var scenario = await StartAsync(store, source);

        await scenario.CloseAsync(Tuesday);

        (await SchemaLines.ReadAsync(scenario)).Should().Equal(SchemaLines.OfTwoDays);
        await scenario.CheckAsync(Scenario.Monday, Tuesday);
    }

    [Theory]
    [InlineData("videos.country = 'KR' AND play_log_all.is_bot = 0")]
    [InlineData("country IN ('KR', 'JP') AND not is_bot")]
    [InlineData("`country` = 'KR' AND concat('is_bot', '?') != '' AND is_bot < 1")]
    public async Task A_condition_may_name_columns_of_joined_tables(string condition)
    {
        await using var store = new SqliteUnderTest();
        await using var source = await FilledAsync();
        await using var scenario = await StartAsync(store, source, condition: condition);

        await scenario.CloseAsync(Scenario.Monday);

        (await SchemaLines.ReadAsync(scenario)).Should().Equal(
            "2024-07-01 video.seconds 1 ann 4 of 5", "2024-07-01 video.view:KR 1 ann 5 of 5");
    }

    [Fact]
    public async Task A_row_without_a_match_in_a_joined_table_is_named_and_so_is_an_item_without_a_payee()
    {
        await using var store = new SqliteUnderTest();
        await using var source = await FilledAsync(videos: "(1, 'KR')");
        await using var scenario = await StartAsync(store, source);
        await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>()
            .WithMessage("*'plays'*country holds null*started_at = 2024-07-01*video_id = 2*");

        await using var other = await FilledAsync(owners: "('2', '2024-01-01', 'bob')");
        await using var unowned = await StartAsync(new SqliteUnderTest(), other);
        await unowned.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>()
            .WithMessage("*'plays'*video_owners has no payee*2024-07-01*'1'*valid_from*Where*");
    }

    [Fact]
    public async Task A_joined_table_with_two_rows_for_one_is_refused()
    {
        await using var store = new SqliteUnderTest();
        await using var source = await FilledAsync(videos: "(1, 'KR'), (2, 'US'), (1, 'US')");
        await using var scenario = await StartAsync(store, source);

        await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>()
            .WithMessage("*'plays'*several rows of table videos have id = 1*");
    }

    [Fact]
    public async Task Ids_of_all_types_are_their_texts_and_instants_are_utc_whatever_the_time_zones()
    {
        await using var store = new SqliteUnderTest();
        await using var source = await NewAsync();
        await source.CreateAsync(
            "t", "id UInt64, at DateTime('America/New_York'), item FixedString(8), payee UUID, kind "
                + "Enum8('a' = 1, 'b' = 2), q Nullable(Int8)",
            "MergeTree ORDER BY at");

        // The first and the last second of Monday in Seoul, and their neighbours.
        var start = Scenario.Instant(Scenario.Monday, 0).ToUnixTimeSeconds();
        foreach (var (id, at) in new[] { (1L, start - 1), (2L, start), (3L, start + 86_399), (4L, start + 86_400) })
        {
            await source.ExecuteAsync(string.Create(CultureInfo.InvariantCulture,
                $"INSERT INTO $db.t_all SELECT {id}, toDateTime({at}), 'v{id}', "
                    + $"toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0'), 'b', -{id}"));
        }

        await using var scenario = await Scenario.StartAsync(store, s => s.Meter("k:b").Meter("q").Source("plays", p => source.On(
            p.Table("t_all").OccurredAt("at").Item("item").Payee("payee").CountedFrom(Scenario.Monday).Counts("k", by: "kind")
                .Sums("q", "q"))));

        await scenario.CloseAsync(Scenario.Monday);

        const string Payee = "61f0c404-5cb3-11e7-907b-a6006ad3dba0";
        (await SchemaLines.ReadAsync(scenario)).Should().Equal(
            $"2024-07-01 k:b v2 {Payee} 1 of 1", $"2024-07-01 k:b v3 {Payee} 1 of 1", $"2024-07-01 q v2 {Payee} -2 of 1",
            $"2024-07-01 q v3 {Payee} -3 of 1");
        (await scenario.Engine.Days.FindNextAsync()).Should().Be(Tuesday);
    }

    /// <summary>Two videos, the owner of the second of which changes on Tuesday; ten plays of 900 ms and two of bots on each day.</summary>
    private async Task<ClickHouseUnderTest> FilledAsync(
        string videos = "(1, 'KR'), (2, 'US')",
        string owners = "('1', '2024-01-01', 'ann'), ('2', '2024-01-01', 'bob'), ('2', '2024-07-02', 'cat')")
    {
        var source = await NewAsync();
        await source.ExecuteAsync("CREATE TABLE $db.videos (id UInt16, country String) ENGINE = MergeTree ORDER BY id");
        await source.ExecuteAsync(
            "CREATE TABLE $db.video_owners (video_id String, valid_from Date, owner_id String) ENGINE = MergeTree ORDER BY video_id");
        await source.CreateAsync(
            "play_log", "id UInt64, started_at DateTime, video_id UInt32, watched_ms UInt64, is_bot UInt8",
            "MergeTree ORDER BY started_at");
        await source.ExecuteAsync($"INSERT INTO $db.videos VALUES {videos}");
        await source.ExecuteAsync($"INSERT INTO $db.video_owners VALUES {owners}");
        await source.ExecuteAsync(
            "INSERT INTO $db.play_log_all SELECT number, toDateTime(1719802800) + intDiv(number, 12) * "
                + "86400 + number % 10, 1 + number % 2, "
            + "900, number % 12 < 2 FROM system.numbers LIMIT 24");
        return source;
    }

    private static Task<Scenario> StartAsync(StoreUnderTest store, ClickHouseUnderTest source, string condition = "is_bot = 0") =>
        Scenario.StartAsync(store, s => s
            .Rates("video.view:KR", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m))
            .Rates("video.view:US", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 3m)).Meter("video.seconds")
            .Source("plays", plays => source.On(plays.Table("play_log_all").OccurredAt("started_at")
                .Join("videos", "videos.id = play_log_all.video_id").Item("play_log_all.video_id")
                .PayeeAsOf("video_owners", on: "video_id", from: "valid_from", payee: "owner_id").Where(condition)
                .CountedFrom(Scenario.Monday).Counts("video.view", by: "country").Sums("video.seconds", "watched_ms", per: 1000))));
}

/// <summary>On the cluster of 18.16.</summary>
public sealed class ClusterSchemaTests(ClickHouseFixture shared) : SchemaTests
{
    private protected override Task<ClickHouseUnderTest> NewAsync() => ClickHouseUnderTest.NewAsync(shared, isReplicated: false);
}

/// <summary>On a current engine.</summary>
[Collection(nameof(Chdb))]
public sealed class ChdbSchemaTests : SchemaTests
{
    private protected override Task<ClickHouseUnderTest> NewAsync() => ChdbUnderTest.NewAsync();

    [Fact]
    public async Task Instants_with_fractions_and_new_types_are_read()
    {
        await using var store = new SqliteUnderTest();
        await using var source = await NewAsync();
        await source.CreateAsync(
            "t", "id UInt64, at DateTime64(9, 'Asia/Tokyo'), at3 DateTime64(3), item LowCardinality(String), payee "
                + "LowCardinality(Nullable(String)), "
            + "kind Bool", "ReplacingMergeTree ORDER BY id");
        var start = UnixMicroseconds.From(Scenario.Instant(Scenario.Monday, 0));
        foreach (var (id, nanoseconds) in new[] { (1, -1L), (2, 0L), (3, 86_400_000_000_000 - 1), (4, 86_400_000_000_000) })
        {
            await source.ExecuteAsync(string.Create(CultureInfo.InvariantCulture,
                $"INSERT INTO $db.t_all SELECT {id}, fromUnixTimestamp64Nano(toInt64({start * 1000 + nanoseconds})), "
                + $"fromUnixTimestamp64Milli(toInt64({start / 1000 + nanoseconds / 1_000_000})), 'v{id}', 'ann', true"));
        }

        source.Options = o => o.Final = true;
        await using var scenario = await Scenario.StartAsync(store, s => s.Meter("k:true").Meter("m").Source("plays", p => source.On(
            p.Table("t_all").OccurredAt("at").Item("item").Payee("payee").CountedFrom(Scenario.Monday).Counts("k", by: "kind")))
            .Source("more", p => source.On(
                p.Table("t_all").OccurredAt("at3").Item("item").Payee("payee").CountedFrom(Scenario.Monday).Sums("m", "kind"))));

        await scenario.CloseAsync(Scenario.Monday);

        (await SchemaLines.ReadAsync(scenario)).Should().Equal(
            "2024-07-01 k:true v2 ann 1 of 1", "2024-07-01 k:true v3 ann 1 of 1", "2024-07-01 m v1 ann 1 of 1",
            "2024-07-01 m v2 ann 1 of 1",
            "2024-07-01 m v3 ann 1 of 1");
    }
}
