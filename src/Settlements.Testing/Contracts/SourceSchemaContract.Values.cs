namespace Settlements.Testing;

/// <summary>Contract tests of ids, names, values and starts of payees in any form.</summary>
public abstract partial class SourceSchemaContract
{
    [Fact]
    public async Task Whole_numbers_are_matched_with_texts_by_their_digits()
    {
        // '01' and '1.0' equal the number 1 for both engines, and are other ids.
        await using var store = await FilledAsync();
        await store.ExecuteAsync("""
            CREATE TABLE regions (video VARCHAR(8) NOT NULL PRIMARY KEY, country VARCHAR(8) NOT NULL);
            INSERT INTO regions VALUES ('01', 'US'), ('1', 'KR'), ('1.0', 'US'), ('2', 'KR');
            CREATE TABLE owners (video VARCHAR(8) NOT NULL, since BIGINT NOT NULL, owner VARCHAR(8) NOT NULL, PRIMARY KEY (video, since));
            INSERT INTO owners VALUES ('1', 5, 'ann'), ('01', 6, 'eve'), ('1.0', 7, 'eve'), ('2', 5, 'bob')
            """);
        await using var scenario = await StartAsync(store, "play_log", "video_id", "video");

        await scenario.CloseAsync(Scenario.Monday);

        (await SchemaLines.ReadAsync(scenario)).Should().Equal(
            "2024-07-01 video.view:KR 1 ann 5 of 5", "2024-07-01 video.view:KR 2 bob 5 of 5");
    }

    [Fact]
    public async Task Texts_are_matched_with_whole_numbers_by_their_digits()
    {
        await using var store = await FilledAsync();
        await store.ExecuteAsync($"""
            CREATE TABLE regions (video INTEGER NOT NULL PRIMARY KEY, country VARCHAR(8) NOT NULL);
            INSERT INTO regions VALUES (1, 'KR'), (2, 'KR');
            CREATE TABLE owners (video INTEGER NOT NULL, since BIGINT NOT NULL, owner VARCHAR(8) NOT NULL, PRIMARY KEY (video, since));
            INSERT INTO owners VALUES (1, 5, 'ann'), (2, 5, 'bob');
            {Create("CREATE TABLE clicks (id INTEGER NOT NULL PRIMARY KEY, started_at VARCHAR(30) NOT NULL, video VARCHAR(8) NOT NULL)")};
            INSERT INTO clicks VALUES (1, '2024-07-01 03:00:00', '1'), (2, '2024-07-01 03:00:00', '2'), (3, '2024-07-02 03:00:00', '01')
            """);
        await using var scenario = await StartAsync(store, "clicks", "video", "video");

        await scenario.CloseAsync(Scenario.Monday);

        (await SchemaLines.ReadAsync(scenario)).Should().Equal(
            "2024-07-01 video.view:KR 1 ann 1 of 1", "2024-07-01 video.view:KR 2 bob 1 of 1");
        await scenario.Invoking(s => s.CloseAsync(Tuesday)).Should().ThrowAsync<UsageSourceException>().WithMessage("*has no payee*");
    }

    [Theory]
    [InlineData(TextId, TextId)]
    [InlineData(TextId, BinaryId)]
    [InlineData(BinaryId, TextId)]
    [InlineData(TextId, OtherId)]
    public async Task Texts_are_matched_by_their_bytes_whatever_the_collations(string own, string other)
    {
        await using var store = await FilledAsync();
        var isEach = other == BinaryId;
        await store.ExecuteAsync(Create($"""
            CREATE TABLE regions (video {other} NOT NULL PRIMARY KEY, country VARCHAR(8) NOT NULL);
            INSERT INTO regions VALUES ('{(isEach ? "v" : "V")}', 'KR');
            CREATE TABLE owners (video {other} NOT NULL, since BIGINT NOT NULL, owner VARCHAR(8) NOT NULL);
            INSERT INTO owners VALUES ('v', 5, 'ann'), ('V', 5, 'bob'), ('v ', 7, 'cat');
            CREATE TABLE clicks (id INTEGER NOT NULL PRIMARY KEY, started_at VARCHAR(30) NOT NULL, video {own} NOT NULL);
            INSERT INTO clicks VALUES (1, '2024-07-01 03:00:00', 'v'), (2, '2024-07-01 03:00:00', 'V'), (3, '2024-07-01 03:00:00', 'v ')
            """));
        if (isEach)
            await store.ExecuteAsync("INSERT INTO regions VALUES ('V', 'US')");
        await using var scenario = await StartAsync(store, "clicks", "video", "video", other: "US");

        await scenario.CloseAsync(Scenario.Monday);

        (await SchemaLines.ReadAsync(scenario)).Should().BeEquivalentTo(
            $"2024-07-01 video.view:{(isEach ? "KR" : "US")} v ann 1 of 1", $"2024-07-01 video.view:{(isEach ? "US" : "KR")} V bob 1 of 1",
            "2024-07-01 video.view:US v  cat 1 of 1");
    }

    [Fact]
    public async Task The_names_of_tables_do_not_affect_the_lookup_of_the_payee()
    {
        await using var store = await FilledAsync();
        await store.ExecuteAsync(Create("""
            CREATE TABLE regions (video INTEGER NOT NULL PRIMARY KEY, country VARCHAR(8) NOT NULL);
            INSERT INTO regions VALUES (1, 'KR'), (2, 'KR');
            CREATE TABLE owners (video INTEGER NOT NULL, since BIGINT NOT NULL, owner VARCHAR(8) NOT NULL, PRIMARY KEY (video, since));
            INSERT INTO owners VALUES (1, 5, 'ann'), (2, 6, 'bob');
            CREATE TABLE payee_history (id INTEGER NOT NULL PRIMARY KEY, started_at VARCHAR(30) NOT NULL, video INTEGER NOT NULL);
            INSERT INTO payee_history VALUES (1, '2024-07-01 03:00:00', 1), (2, '2024-07-01 03:00:00', 2)
            """));
        await using var scenario = await StartAsync(store, "payee_history", "video", "video");

        await scenario.CloseAsync(Scenario.Monday);

        (await SchemaLines.ReadAsync(scenario)).Should().Equal(
            "2024-07-01 video.view:KR 1 ann 1 of 1", "2024-07-01 video.view:KR 2 bob 1 of 1");
    }

    [Fact]
    public async Task A_value_that_is_too_long_for_its_meter_is_named()
    {
        await using var store = await FilledAsync();
        await store.ExecuteAsync(Create($"""
            CREATE TABLE regions (video INTEGER NOT NULL PRIMARY KEY, country VARCHAR(80) NOT NULL);
            INSERT INTO regions VALUES (1, '{new string('x', 60)}'), (2, 'KR');
            CREATE TABLE owners (video INTEGER NOT NULL, since BIGINT NOT NULL, owner VARCHAR(8) NOT NULL, PRIMARY KEY (video, since));
            INSERT INTO owners VALUES (1, 5, 'ann'), (2, 6, 'bob')
            """));
        await using var scenario = await StartAsync(store, "play_log", "video_id", "video");

        await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>()
            .WithMessage("*'plays'*country holds 'xxx*started_at = *");
    }

    [Fact]
    public async Task Quarantined_parts_of_a_unit_do_not_stop_the_close_when_their_events_cancel_out()
    {
        await using var store = await FilledAsync();
        await using var scenario = await Scenario.StartAsync(store, s => s
            .Rates("video.seconds", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m))
            .Source("plays", plays => Instant(plays.Table("play_log")).Item("video_id").Where("is_bot = 0").CountedFrom(Scenario.Monday)
                .PayeeAsOf("video_owners", on: "video_id", from: "valid_from", payee: "owner_id")
                .Sums("video.seconds", "watched_ms", per: 1000)));
        await scenario.CloseAsync(Scenario.Monday);
        await store.ExecuteAsync("DELETE FROM play_log WHERE video_id = 1 AND started_at < '2024-07-02'");
        await store.ExecuteAsync("UPDATE play_log SET watched_ms = 9223372036854775807 WHERE video_id = 1");
        await store.ExecuteAsync("UPDATE play_log SET watched_ms = 1399 WHERE id = 15");
        var decreases = new ReconcileOptions { Decreases = FindingPolicy.Post };

        await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Scenario.Monday), decreases);
        var closed = await scenario.Engine.Days.CloseThroughAsync(Tuesday);

        closed.Should().ContainSingle().Which.Quarantined.Select(q => q.Events).Should().BeEquivalentTo([5L, -5L]);
        await scenario.CheckAsync(Scenario.Monday, Tuesday);
    }

    [Fact]
    public async Task A_value_that_is_quarantined_for_days_is_paid_once_it_is_declared_and_can_be_excluded()
    {
        await using var store = await FilledAsync();
        await store.ExecuteAsync("UPDATE videos SET country = 'FR' WHERE id = 2");
        await using (var scenario = await StartAsync(store))
        {
            await scenario.CloseAsync(Tuesday);
            await store.ExecuteAsync(Play(300, Scenario.Monday, 2, 900));
            await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Tuesday));
            await scenario.CloseAsync(Tuesday.AddDays(1));
            await scenario.CheckAsync(Scenario.Monday, Tuesday.AddDays(1));
            await store.ExecuteAsync("DELETE FROM play_log WHERE id = 300");
            await scenario.Engine.Reconciler.ReconcileAsync(
                new DateRange(Scenario.Monday, Tuesday), new ReconcileOptions { Decreases = FindingPolicy.Post });
        }

        await using var declared = await StartAsync(
            store, s => s.Rates("video.view:FR", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 7m)));
        await declared.CloseAsync(Tuesday.AddDays(2));

        (await declared.LinesAsync(Scenario.Monday, Tuesday.AddDays(2))).Where(l => l.Meter == "video.view:FR")
            .Select(l => (l.UsageDate, l.PayeeId, l.Quantity)).Should().BeEquivalentTo(
                [(Scenario.Monday, "bob", 5L), (Tuesday, "cat", 5L)]);
        await declared.CheckAsync(Scenario.Monday, Tuesday.AddDays(2));
    }

    [Theory]
    [InlineData(InstantFormat.Text, "'2024-07-01 14:59:59'", "cat")]
    [InlineData(InstantFormat.Text, "'2024-07-01 15:00:00'", "bob")]
    [InlineData(InstantFormat.UnixSeconds, "1719845999", "cat")]
    [InlineData(InstantFormat.UnixSeconds, "1719846000", "bob")]
    [InlineData(InstantFormat.UnixMilliseconds, "1719845999999", "cat")]
    [InlineData(InstantFormat.UnixMilliseconds, "1719846000000", "bob")]
    public async Task A_payee_counts_from_the_day_in_which_it_starts(InstantFormat format, string start, string payee)
    {
        // Days of Seoul end at 15:00 UTC.
        await using var store = await FilledAsync();
        var type = format == InstantFormat.Text ? "VARCHAR(30)" : "BIGINT";
        await store.ExecuteAsync(Create($"""
            CREATE TABLE starts (video INTEGER NOT NULL, started_at {type}, owner VARCHAR(8) NOT NULL);
            INSERT INTO starts VALUES (1, {(format == InstantFormat.Text ? "'2000-01-01 00:00:00'" : "0")}, 'bob'), (1, {start}, 'cat'),
                (1, NULL, 'eve')
            """));
        await using var scenario = await Scenario.StartAsync(store, s => Rates(s).Source("plays", plays => Instant(plays.Table("play_log"))
            .Item("video_id").PayeeAsOf("starts", on: "video", from: "started_at", payee: "owner", format).Where("video_id = 1")
            .CountedFrom(Scenario.Monday).Sums("video.seconds", "watched_ms")));

        await scenario.CloseAsync(Tuesday);

        (await scenario.LinesAsync()).Select(l => l.PayeeId).Should().Equal(payee, "cat");
        await scenario.CheckAsync(Scenario.Monday, Tuesday);
    }

    [Fact]
    public async Task The_key_may_be_qualified_by_its_table()
    {
        await using var store = await FilledAsync();
        await using var scenario = await Scenario.StartAsync(store, s => Rates(s).Configure(o => o.ChunkRowsMax = 3)
            .Source("plays", plays => Instant(plays.Table("play_log")).Key("play_log.id").Join("videos", "videos.id = play_log.video_id")
            .Item("video_id").PayeeAsOf("video_owners", on: "video_id", from: "valid_from", payee: "owner_id")
            .Where("is_bot = 0").CountedFrom(Scenario.Monday).Counts("video.view", by: "country")));

        await scenario.CloseAsync(Scenario.Monday);

        (await SchemaLines.ReadAsync(scenario)).Should().Equal(
            "2024-07-01 video.view:KR 1 ann 5 of 5", "2024-07-01 video.view:US 2 bob 5 of 5");
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday);
    }
}
