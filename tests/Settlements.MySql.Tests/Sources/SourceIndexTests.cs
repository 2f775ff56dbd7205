using System.Data;
using MySqlConnector;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Sources;

/// <summary>The choice of the index by which an application's table is read, and the refusal of views.</summary>
public sealed class SourceIndexTests(SharedServer shared)
{
    [Fact]
    public async Task An_ignored_index_is_not_used_and_the_error_names_it()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await store.ExecuteAsync("""
            CREATE TABLE play (id BIGINT NOT NULL, at DATETIME(6) NOT NULL, item INT, owner INT, KEY first_one (at, id) IGNORED,
                KEY other (at, id, item));
            INSERT INTO play VALUES (1, '2024-07-01 01:00', 1, 1)
            """);
        await using (var scenario = await StartAsync(store, "at,id"))
            await scenario.CloseAsync(Scenario.Monday);

        await store.ExecuteAsync("ALTER TABLE play DROP KEY other; INSERT INTO play VALUES (2, '2024-07-02 01:00', 1, 1)");
        await using var without = await StartAsync(store, "at,id");
        var close = () => without.CloseAsync(Scenario.Monday.AddDays(1));
        (await close.Should().ThrowAsync<UsageSourceException>())
            .WithMessage("*index first_one*(at, id)*IGNORED*ALTER INDEX first_one NOT IGNORED*");

        await store.ExecuteAsync("ALTER TABLE play ALTER INDEX first_one NOT IGNORED");
        await close();
        (await without.LinesAsync()).Sum(l => l.Quantity).Should().Be(2);
    }

    [Theory]
    [InlineData("KEY by_at (at)", "at,id")]
    [InlineData("KEY by_at (at, item)", "at,item,id")]
    [InlineData("KEY by_item (item)", "item,id")]
    public async Task An_index_of_InnoDB_ends_with_the_primary_key(string index, string key)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await store.ExecuteAsync($"""
            CREATE TABLE play (id BIGINT NOT NULL PRIMARY KEY, at DATETIME(6) NOT NULL, item INT NOT NULL, owner INT,
                {index}) ENGINE = InnoDB;
            INSERT INTO play SELECT seq, '2024-07-01 01:00', seq % 3, 1 FROM {Numbers.To(100)}
            """);
        await using var scenario = await StartAsync(store, key, chunkRows: 7);

        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(100);
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday);
        (await store.ReadAsync("EXPLAIN SELECT at, id FROM play WHERE at >= '2024-07-01' AND (at > '2024-07-01' OR (at = '2024-07-01' "
            + "AND id >= 5)) ORDER BY at, id LIMIT 1 OFFSET 7"))
            .Should().NotContain(row => index.Contains("by_at (at)") && row.Contains("filesort"), "the index has the rows in this order");
    }

    [Fact]
    public async Task An_index_of_another_engine_does_not_end_with_the_primary_key()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await store.ExecuteAsync("CREATE TABLE play (id BIGINT NOT NULL PRIMARY KEY, at DATETIME(6) NOT NULL, item INT, owner INT, KEY "
            + "by_at (at)) ENGINE = MyISAM");
        await using var scenario = await StartAsync(store, "at,id");

        (await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>())
            .WithMessage("*no index starts with the key (at, id)*CREATE INDEX play_by_key ON play (at, id)*");
    }

    /// <summary>The result of MySQL 8.4, simulated, since the tests run on MariaDB only.</summary>
    [Fact]
    public async Task Invisible_functional_and_full_text_indexes_of_MySQL_are_recognized()
    {
        using var answer = new DataTable();
        foreach (var (name, type) in ((string, Type)[])[
            ("Table", typeof(string)), ("Non_unique", typeof(int)), ("Key_name", typeof(string)), ("Seq_in_index", typeof(uint)),
            ("Column_name", typeof(string)),
            ("Sub_part", typeof(long)), ("Index_type", typeof(string)), ("Visible", typeof(string)), ("Expression", typeof(string))])
        {
            answer.Columns.Add(name, type);
        }

        Add("PRIMARY", 1, "id", "YES");
        Add("hidden", 1, "at", "NO");
        Add("computed", 1, null, "YES", expression: "date(`at`)");
        Add("computed", 2, "at", "YES");
        Add("words", 1, "at", "YES", type: "FULLTEXT");
        Add("cut", 1, "name", "YES", part: 10);
        Add("shown", 1, "at", "YES");

        await using var reader = answer.CreateDataReader();
        var indexes = await SourceIndex.ReadAsync(reader, "InnoDB", default);

        indexes.Where(i => i.StartsWith(["at", "id"])).Select(i => (i.Name, i.IsUsed)).Should().Equal(("hidden", false), ("shown", true));
        indexes.Where(i => i.StartsWith(["name"])).Should().BeEmpty();
        indexes[0].Name.Should().Be("PRIMARY");

        void Add(string key, uint position, string? column, string visible, string type = "BTREE", long? part = null,
            string? expression = null) =>
            answer.Rows.Add("play", 1, key, position, column, part is { } length ? length : DBNull.Value, type, visible, expression);
    }

    [Fact]
    public async Task A_view_with_a_key_is_refused_with_the_remedy()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await store.ExecuteAsync("""
            CREATE TABLE play_raw (id BIGINT NOT NULL PRIMARY KEY, at DATETIME(6) NOT NULL, item INT, owner INT);
            CREATE VIEW play AS SELECT * FROM play_raw
            """);
        await using var scenario = await StartAsync(store, "id");

        (await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>())
            .WithMessage("*'plays'*play: it is a view*Remove Key(…)*an index that starts with the instant*").Which.Message
                .Should().NotContain("CREATE INDEX");
    }

    [Theory]
    [InlineData("play", false, "CREATE INDEX play_by_instant ON play (at)")]
    [InlineData("play", true, "CREATE INDEX play_by_instant ON play (at)")]
    [InlineData("play_view", false, "Create an index that starts with the instant on the table that the view reads.")]
    public async Task A_full_scan_of_a_large_table_is_reported_with_the_missing_index(string table, bool isPortable, string remedy)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await store.ExecuteAsync($"""
            CREATE TABLE play (id BIGINT NOT NULL PRIMARY KEY, at DATETIME(6) NOT NULL, item INT NOT NULL, owner INT NOT NULL)
                STATS_AUTO_RECALC = 0;
            INSERT INTO play SELECT seq, '2024-07-01', 1, 1 FROM {Numbers.To(20)};
            ANALYZE TABLE play;
            CREATE VIEW play_view AS SELECT * FROM play
            """);
        var source = new UsageTableBuilder("plays").Table(table).OccurredAt("at").Item("item").Payee("owner")
            .Counts("video.view").Build([])!;
        using var logs = new LogLines();
        await using var connection = (MySqlConnection)await store.OpenAsync();

        await FullScan.ReportAsync(connection, source, isPortable, rowsMin: 21, logs, default);
        logs.Lines.Should().BeEmpty("the table is small");
        await FullScan.ReportAsync(connection, source, isPortable, rowsMin: 20, logs, default);
        logs.Lines.Should().ContainSingle().Which.Should().Be(
            $"Source 'plays' reads all of about 20 rows of table {table} for each day: no index starts with at. {remedy}");
        await store.ExecuteAsync("CREATE INDEX play_by_instant ON play (at)");
        await FullScan.ReportAsync(connection, source, isPortable, rowsMin: 20, logs, default);

        logs.Lines.Should().ContainSingle("the index is there");
    }

    [Fact]
    public async Task A_user_who_may_read_only_the_view_closes_days_without_the_report()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await store.ExecuteAsync("""
            CREATE TABLE play_raw (id BIGINT NOT NULL PRIMARY KEY, at DATETIME(6) NOT NULL, item INT, owner INT);
            CREATE VIEW play AS SELECT * FROM play_raw
            """);
        var database = new MySqlConnectionStringBuilder(store.ConnectionString).Database;
        var user = $"viewer_{database}";
        await shared.Server.ExecuteAsync(
            $"CREATE USER '{user}'@'%' IDENTIFIED BY 'v'; GRANT SELECT ON `{database}`.play TO '{user}'@'%'");
        var source = new UsageTableBuilder("plays").Table("play").OccurredAt("at").Item("item").Payee("owner")
            .Counts("video.view").Build([])!;
        using var logs = new LogLines();
        await using var connection = new MySqlConnection(
            new MySqlConnectionStringBuilder(store.ConnectionString) { UserID = user, Password = "v" }.ConnectionString);
        await connection.OpenAsync();

        await FullScan.ReportAsync(connection, source, isPortable: false, rowsMin: 1, logs, default);

        logs.Lines.Should().BeEmpty("the plan isn't shown to the user");
    }

    [Fact]
    public async Task A_joined_table_without_an_index_is_no_full_scan_of_the_source()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await store.ExecuteAsync($"""
            CREATE TABLE play_raw (id BIGINT NOT NULL PRIMARY KEY, at DATETIME(6) NOT NULL, item INT NOT NULL, KEY by_at (at))
                STATS_AUTO_RECALC = 0;
            CREATE TABLE owners (item INT NOT NULL, owner INT NOT NULL) STATS_AUTO_RECALC = 0;
            INSERT INTO play_raw SELECT seq, '2024-07-01', 1 FROM {Numbers.To(20)};
            INSERT INTO owners SELECT seq, 1 FROM {Numbers.To(50)};
            ANALYZE TABLE play_raw, owners;
            CREATE VIEW play AS SELECT STRAIGHT_JOIN p.*, o.owner FROM play_raw p JOIN owners o ON o.item = p.item
            """);
        var source = new UsageTableBuilder("plays").Table("play").OccurredAt("at").Item("item").Payee("owner")
            .Counts("video.view").Build([])!;
        using var logs = new LogLines();
        await using var connection = (MySqlConnection)await store.OpenAsync();

        await FullScan.ReportAsync(connection, source, isPortable: false, rowsMin: 20, logs, default);

        logs.Lines.Should().BeEmpty();
    }

    private static Task<Scenario> StartAsync(MySqlUnderTest store, string key, int chunkRows = 4_000_000) => Scenario.StartAsync(
        store, s => s
            .Configure(o => o.ChunkRowsMax = chunkRows)
            .Source("plays", plays =>
                plays.Table("play").Key(key.Split(',')).OccurredAt("at").Item("item").Payee("owner").Counts("video.view"))
            .Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m)));
}
