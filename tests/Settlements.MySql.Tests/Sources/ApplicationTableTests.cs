using System.Data.Common;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Sources;

/// <summary>Application tables with any key and column types, with both sum plans: equal sums, or an error that names the row.</summary>
public sealed class ApplicationTableTests(SharedServer shared)
{
    public static TheoryData<string, string, string, string> Keys { get; } = new()
    {
        { "id BIGINT PRIMARY KEY", "CAST({0} AS SIGNED) - 500", "id", "" },
        { "id BIGINT UNSIGNED PRIMARY KEY", "18446744073709551615 - {0}", "id", "" },
        { "id BINARY(16) PRIMARY KEY", "UNHEX(MD5({0}))", "id", "" },
        { "id CHAR(36) PRIMARY KEY", "INSERT(INSERT(INSERT(INSERT(MD5({0}), 9, 0, '-'), 14, 0, '-'), 19, 0, '-'), 24, 0, '-')", "id", "" },
        { "id VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci PRIMARY KEY", "CONCAT('k', {0} * 7919 % 7, '-', {0})", "id",
            "" },
        { "id BIGINT NOT NULL", "{0}", "at,id", ", PRIMARY KEY (at, id)" },
        { "id BIGINT NOT NULL", "{0}", "item,at,id", ", PRIMARY KEY (item, at, id)" },
    };

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Every_key_yields_the_same_sums_for_any_chunks_and_both_plans(string id, string idValue, string key, string index)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await store.ExecuteAsync($"""
            CREATE TABLE play ({id}, at DATETIME(6) NOT NULL, item BIGINT NOT NULL, owner VARCHAR(30) CHARACTER
                SET utf8mb4 COLLATE utf8mb4_general_ci, secs INT NOT NULL, x INT{index})
            """);
        await store.ExecuteAsync($"""
            INSERT INTO play SELECT {string.Format(null, idValue, "seq")},
                TIMESTAMP'2024-06-30 14:59:59.999990' + INTERVAL seq * 86 SECOND + INTERVAL seq MICROSECOND,
                CAST(seq % 5 AS SIGNED) - 2, ELT(seq % 4 + 1, 'ann', 'Ann', 'ánn', 'bob'), CAST(seq % 3 AS SIGNED) - 1, seq % 2
                    FROM {Numbers.To(1_000)}
            """);

        var answers = new HashSet<string>();
        foreach (var (plan, chunkRows) in new[] { (SumPlan.Stream, 4_000_000), (SumPlan.Stream, 7), (SumPlan.ServerGroupBy, 4_000_000),
            (SumPlan.ServerGroupBy, 90) })
        {
            await DropTablesAsync(store);
            await using var scenario = await StartAsync(store, plan, key, "secs", chunkRows);
            await scenario.CloseAsync(Scenario.Monday.AddDays(1));
            (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(1_000);
            answers.Add(await scenario.DumpAsync());
            (await scenario.Engine.Verifier.VerifyAsync(new DateRange(Scenario.Monday, Scenario.Monday.AddDays(1)))).IsClean
                .Should().BeTrue();
        }

        answers.Should().ContainSingle().Which.Should().Contain("ánn").And.Contain("Ann").And.Contain("-2");
    }

    [Theory]
    [InlineData("BINARY(16)", "UNHEX('00112233445566778899AABBCCDDEEFF')", "00112233-4455-6677-8899-aabbccddeeff")]
    [InlineData("CHAR(36)", "'00112233-4455-6677-8899-AABBCCDDEEFF'", "00112233-4455-6677-8899-AABBCCDDEEFF")]
    [InlineData("BIGINT UNSIGNED", "18446744073709551615", "18446744073709551615")]
    [InlineData("BIGINT", "-7", "-7")]
    [InlineData("VARCHAR(20) CHARACTER SET latin1", "'né'", "né")]
    [InlineData("VARBINARY(80)", "'ab '", "ab ")]
    [InlineData("ENUM('x', 'y')", "'y'", "y")]
    public async Task An_item_of_any_type_is_converted_to_text(string type, string value, string text)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await store.ExecuteAsync($"SET NAMES utf8mb4; CREATE TABLE play (id BIGINT PRIMARY KEY, at DATETIME(6) NOT NULL, item {type}, "
            + $"owner INT); INSERT INTO play VALUES (1, '2024-07-01 01:00', {value}, 5)");
        foreach (var plan in Enum.GetValues<SumPlan>())
        {
            await using var scenario = await StartAsync(store, plan, "id", null);
            await scenario.CloseAsync(Scenario.Monday);
            (await scenario.LineAsync(Scenario.Monday)).Should()
                .Match<Settlements.SettlementLine>(l => l.ItemId == text && l.PayeeId == "5");
            await store.ExecuteAsync("DELETE FROM business_days; DELETE FROM pipeline_runs; DELETE FROM item_counters; DELETE FROM "
                + "counter_totals; DELETE FROM rate_versions; "
                + "DELETE FROM recorded_sources; DELETE FROM day_totals; DELETE FROM day_amounts");
        }
    }

    [Theory]
    [InlineData("TIMESTAMP(6)", InstantFormat.Text, "FROM_UNIXTIME(1719759600) - INTERVAL 1 MICROSECOND", "FROM_UNIXTIME(1719759600)")]
    [InlineData("DATETIME(6)", InstantFormat.Text, "'2024-06-30 14:59:59.999999'", "'2024-06-30 15:00:00'")]
    [InlineData("DATETIME", InstantFormat.Text, "'2024-06-30 14:59:59'", "'2024-06-30 15:00:00'")]
    [InlineData("BIGINT", InstantFormat.UnixMilliseconds, "1719759599999", "1719759600000")]
    [InlineData("INT UNSIGNED", InstantFormat.UnixSeconds, "1719759599", "1719759600")]
    public async Task A_day_starts_at_its_instant_for_any_column_type_and_server_time_zone(
        string type, InstantFormat format, string before, string at)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await store.ExecuteAsync($"CREATE TABLE play (id BIGINT, at {type} NOT NULL, item INT, owner INT, PRIMARY KEY (at, id)); INSERT "
            + $"INTO play VALUES (1, {before}, 1, 1), (2, {at}, 2, 2)");
        await using var scenario = await StartAsync(store, SumPlan.Stream, "at,id", null, format: format);

        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LinesAsync()).Select(l => (l.PostingDate, l.ItemId))
            .Should().Equal((Scenario.Monday.AddDays(-1), "1"), (Scenario.Monday, "2"));
    }

    [Theory]
    [InlineData("item INT, owner VARCHAR(80) CHARACTER SET utf8mb4, secs INT", "(1, '2024-07-01 01:00', 1, '', 5)",
        "*column owner holds ''*id = 1*text of 1 to 64*")]
    [InlineData("item INT, owner VARCHAR(80), secs INT", "(1, '2024-07-01 01:00', 1, REPEAT('x', 65), 5)",
        "*column owner holds 'xxx*id = 1*text of 1 to 64*")]
    [InlineData("item INT, owner INT, secs INT", "(1, '2024-07-01 01:00', NULL, 1, 5)", "*column item holds null*id = 1*")]
    [InlineData("item INT, owner VARBINARY(80), secs INT", "(1, '2024-07-01 01:00', 1, X'FF41', 5)",
        "*column owner holds '0xFF41'*id = 1*")]
    [InlineData("item INT, owner INT, secs BIGINT UNSIGNED", "(1, '2024-07-01 01:00', 1, 1, 18446744073709551615)",
        "*column secs holds '18446744073709551615'*id = 1*at most 9223372036854775807*")]
    [InlineData("item INT, owner INT, secs INT", "(1, '2024-07-01 01:00', 1, 1, NULL)", "*column secs holds null*id = 1*")]
    [InlineData("item INT, owner INT, secs DECIMAL(10,2)", "(1, '2024-07-01 01:00', 1, 1, 2.5)",
        "*column secs is decimal(10,2)*whole number*")]
    [InlineData("item DATE, owner INT, secs INT", "(1, '2024-07-01 01:00', '2024-01-01', 1, 1)", "*column item is date*")]
    [InlineData("item INT, payer INT, secs INT", "(1, '2024-07-01 01:00', 1, 1, 1)", "*no column owner*")]
    public async Task An_invalid_value_is_named_by_both_plans(string columns, string row, string message)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await store.ExecuteAsync(
            $"CREATE TABLE play (id BIGINT PRIMARY KEY, at DATETIME(6) NOT NULL, {columns}); INSERT INTO play VALUES {row}");
        foreach (var plan in Enum.GetValues<SumPlan>())
        {
            await using var scenario = await StartAsync(store, plan, "id", "secs");

            (await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>())
                .WithMessage($"*'plays'{message}");
        }
    }

    [Fact]
    public async Task A_nullable_key_a_key_without_an_index_or_an_invalid_condition_is_refused_with_the_remedy()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await store.ExecuteAsync("CREATE TABLE play (id BIGINT, at DATETIME(6) NOT NULL, item INT, owner INT); INSERT INTO play VALUES "
            + "(1, '2024-07-01 01:00', 1, 1)");

        await Refused("id", "*key column id is nullable*");
        await store.ExecuteAsync("ALTER TABLE play MODIFY id BIGINT NOT NULL");
        await Refused("at,id", "*CREATE INDEX play_by_key ON play (at, id)*");
        await store.ExecuteAsync("CREATE INDEX play_by_key ON play (at, id)");
        await Refused("at,id", "*can't be read*Where*", "nonsense = 1");
        await store.ExecuteAsync("ALTER TABLE play ADD kind ENUM('web', 'app') NOT NULL, ADD KEY by_kind (kind, id)");
        await Refused("kind,id", "*kind is an ENUM*another key*");

        async Task Refused(string key, string message, string? where = null)
        {
            await using var scenario = await StartAsync(store, SumPlan.Stream, key, null, where: where);
            (await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>()).WithMessage(message);
        }
    }

    /// <summary>With <c>SETTLEMENT_TESTS=long</c> only: it takes 9.3 million rows of the maximum quantity.</summary>
    [Fact]
    public async Task A_sum_beyond_the_range_of_long_is_quarantined_by_both_plans()
    {
        foreach (var (plan, chunkRows) in new[] { (SumPlan.Stream, 4_000_000), (SumPlan.Stream, 40), (SumPlan.ServerGroupBy, 4_000_000) })
        {
            await using var store = new MySqlUnderTest(shared.Server);
            await store.ExecuteAsync($"""
                CREATE TABLE play (id BIGINT PRIMARY KEY, at DATETIME(6) NOT NULL, item INT, owner INT, secs BIGINT);
                INSERT INTO play SELECT seq, '2024-07-01 01:00', 7, 1, 9223372036854775807 FROM {Numbers.To(100)};
                INSERT INTO play VALUES (101, '2024-07-01 01:00', 8, 1, 5)
                """);
            await using var scenario = await StartAsync(store, plan, "id", "secs", chunkRows);

            var closed = await scenario.Engine.Days.CloseThroughAsync(Scenario.Monday);

            closed.Single().Quarantined.Select(q => (q.Meter, q.ItemId, q.Quantity, q.Events)).Should().Equal(
                ("video.seconds", "7", 100 * (Int128)long.MaxValue, 100L));
            (await scenario.LinesAsync()).Select(l => (l.Meter, l.ItemId, l.Quantity)).Should().Equal(
                ("video.seconds", "8", 5), ("video.view", "7", 100), ("video.view", "8", 1));
        }
    }

    private static async Task DropTablesAsync(MySqlUnderTest store)
    {
        var tables = await store.ReadAsync(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_name NOT IN ('play')");
        if (tables.Count > 0)
            await store.ExecuteAsync($"DROP TABLE {string.Join(", ", tables)}");
    }

    private static Task<Scenario> StartAsync(
        MySqlUnderTest store, SumPlan plan, string key, string? seconds, int chunkRows = 4_000_000,
        InstantFormat format = InstantFormat.Text, string? where = null) =>
        Scenario.StartAsync(new PlannedStore(store, plan), s => s
            .Configure(o => o.ChunkRowsMax = chunkRows)
            .Source("plays", plays =>
            {
                plays.Table("play").Key(key.Split(',')).OccurredAt("at", format).Item("item").Payee("owner").Counts("video.view");
                if (seconds is not null)
                    plays.Sums("video.seconds", seconds);
                if (where is not null)
                    plays.Where(where);
            })
            .Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m)));

    private sealed class PlannedStore(MySqlUnderTest store, SumPlan plan) : StoreUnderTest
    {
        public override void Use(SettlementBuilder settlement) =>
            settlement.UseMySql(new MySqlStoreOptions { ConnectionString = store.ConnectionString, SumPlan = plan });

        public override void Use(SettlementBuilder settlement, FaultPlan faults) => throw new NotSupportedException();

        public override Task<IReadOnlyList<string>> ReadAsync(string sql) => store.ReadAsync(sql);

        public override Task ExecuteAsync(string sql) => store.ExecuteAsync(sql);

        public override Task<long> CountAsync(string sql) => store.CountAsync(sql);

        public override Task<DbConnection> OpenAsync() => store.OpenAsync();

        public override string Literal(DateTimeOffset instant) => store.Literal(instant);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
