using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using Settlements.Testing;

namespace Settlements.MySql.Tests;

/// <summary>Application of the schema, and settings of connection sessions.</summary>
public sealed class MySqlSchemaTests(SharedServer shared)
{
    [Fact]
    public async Task The_schema_is_applied_and_recorded_once_also_by_two_concurrent_instances()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var one = Services(store.ConnectionString);
        await using var two = Services(store.ConnectionString);

        var applied = await Task.WhenAll(Engine(one).Schema.ApplyAsync(), Engine(two).Schema.ApplyAsync());

        applied.SelectMany(files => files).Should().Equal("0001_initial.sql");
        (await Engine(one).Schema.ApplyAsync()).Should().BeEmpty("it was applied before");
        (await store.CountAsync("SELECT count(*) FROM settlement_schema WHERE applied_at IS NOT NULL")).Should().Be(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(13)]
    public async Task An_interrupted_schema_is_continued(int statements)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var services = Services(store.ConnectionString);
        await Engine(services).Schema.ApplyAsync();
        var tables = await store.CountAsync("SELECT count(*) FROM information_schema.tables WHERE table_schema = database()");

        // As if the process had ended after these statements and one more, which it could not record.
        await using (var connection = new MySqlConnection(store.ConnectionString))
        {
            await connection.OpenAsync();
            var names = new List<string>();
            await using (var list = new MySqlCommand(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_name <> 'settlement_schema'",
                connection))
            await using (var reader = await list.ExecuteReaderAsync())
            {
                while (await reader.ReadAsync())
                    names.Add(reader.GetString(0));
            }

            foreach (var name in names.Except(Created(statements + 1)))
                await new MySqlCommand($"DROP TABLE `{name}`", connection).ExecuteNonQueryAsync();
            await new MySqlCommand($"UPDATE settlement_schema SET applied_at = NULL, statements = {statements}, begun = {statements}",
                connection).ExecuteNonQueryAsync();
        }

        await using var fresh = Services(store.ConnectionString);
        await Engine(fresh).Invoking(e => e.Days.FindNextAsync()).Should().ThrowAsync<SchemaException>()
            .WithMessage("*schema version 0*ApplyAsync*");
        (await Engine(fresh).Schema.ApplyAsync()).Should().ContainSingle();
        (await store.CountAsync("SELECT count(*) FROM information_schema.tables WHERE table_schema = database()")).Should().Be(tables);
        (await store.CountAsync("SELECT count(*) FROM writer_locks")).Should().Be(16);
    }

    [Fact]
    public async Task The_loaders_table_of_checkpoints_is_kept_and_one_with_other_columns_is_refused()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await store.ExecuteAsync("CREATE TABLE plays (play_id BIGINT PRIMARY KEY)");
        await using (var loader = new TableLoader(store.ConnectionString))
        {
            await loader.LoadAsync(
                new long[] { 1, 2, 3 }.ToAsyncEnumerable(), new TableMap<long>("plays").Column("play_id", id => id),
                new TableLoadOptions { Key = "first" });
        }

        await using var services = Services(store.ConnectionString);
        await Engine(services).Schema.ApplyAsync();
        (await store.CountAsync("SELECT count(*) FROM load_chunks")).Should().Be(1);

        await using var other = new MySqlUnderTest(shared.Server);
        await other.ExecuteAsync("CREATE TABLE load_chunks (load_key INT)");
        await using var refused = Services(other.ConnectionString);
        (await Engine(refused).Schema.Invoking(s => s.ApplyAsync()).Should().ThrowAsync<SchemaException>()).Which.TakenNames
            .Should().Equal("load_chunks");
    }

    /// <summary>The conflicting table is created after the check of names.</summary>
    [Fact]
    public async Task A_schema_that_failed_midway_names_the_conflict_and_is_continued()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var services = Services(store.ConnectionString);
        await Engine(services).Schema.ApplyAsync();
        foreach (var table in await store.ReadAsync(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_name <> 'settlement_schema'"))
        {
            if (!Created(3).Contains(table))
                await store.ExecuteAsync($"DROP TABLE {table}");
        }

        await store.ExecuteAsync("UPDATE settlement_schema SET applied_at = NULL, statements = 3, begun = NULL; CREATE TABLE rankings "
            + "(place INT); CREATE TABLE adjustments (id INT)");
        await using var again = Services(store.ConnectionString);
        var refused = (await Engine(again).Schema.Invoking(s => s.ApplyAsync()).Should().ThrowAsync<SchemaException>()).Which;

        refused.TakenNames.Should().Equal("rankings", "adjustments");
        refused.Message.Should().Contain("created settlement_schema, usage_events, late_events, event_notes:");
        await store.ExecuteAsync("DROP TABLE rankings, adjustments");
        (await Engine(again).Schema.ApplyAsync()).Should().ContainSingle();
    }

    [Fact]
    public async Task A_schema_that_failed_for_a_missing_privilege_is_continued_after_the_grant()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        var settings = new MySqlConnectionStringBuilder(store.ConnectionString);
        var user = $"s_{settings.Database}";
        await shared.Server.ExecuteAsync(
            $"CREATE USER '{user}'@'%' IDENTIFIED BY 'p'; GRANT SELECT, CREATE, INDEX ON {settings.Database}.* TO '{user}'@'%'; "
            + $"GRANT CREATE, INSERT, UPDATE ON {settings.Database}.settlement_schema TO '{user}'@'%'");
        try
        {
            (settings.UserID, settings.Password) = (user, "p");
            await using var services = Services(settings.ConnectionString);
            for (var attempt = 0; attempt < 2; attempt++)
            {
                await Engine(services).Schema.Invoking(s => s.ApplyAsync()).Should().ThrowAsync<MySqlStoreException>()
                    .WithMessage("*writer_locks*GRANT SELECT, INSERT*");
            }

            await shared.Server.ExecuteAsync($"GRANT ALL ON {settings.Database}.* TO '{user}'@'%'");
            // On a new connection: an open one keeps its privileges on its database.
            await using var after = Services(settings.ConnectionString);
            (await Engine(after).Schema.ApplyAsync()).Should().ContainSingle();
            (await store.CountAsync("SELECT count(*) FROM writer_locks")).Should().Be(16);
        }
        finally
        {
            await shared.Server.ExecuteAsync($"DROP USER '{user}'@'%'");
        }
    }

    [Fact]
    public async Task A_newer_schema_is_refused()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var services = Services(store.ConnectionString);
        await Engine(services).Schema.ApplyAsync();
        await store.ExecuteAsync("INSERT INTO settlement_schema VALUES (9, 'later.sql', 1, NULL, '2026-01-01')");

        await using var older = Services(store.ConnectionString);

        await Engine(older).Invoking(e => e.Days.FindNextAsync()).Should().ThrowAsync<SchemaException>()
            .WithMessage("*schema version 9*newer version*");
        await Engine(older).Invoking(e => e.Schema.ApplyAsync()).Should().ThrowAsync<SchemaException>()
            .WithMessage("*schema version 9*newer version*");
    }

    [Fact]
    public async Task Every_connection_uses_utc_strict_mode_and_read_committed_regardless_of_server_and_user_settings()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        var database = scenario.Services.GetRequiredService<MySqlDatabase>();
        for (var round = 0; round < 2; round++)
        {
            await using var reader = await database.OpenReaderAsync(default);
            await using var writer = await database.OpenWriterAsync(default);
            foreach (var connection in new[] { reader, writer })
            {
                await using var read = new MySqlCommand("SELECT concat_ws('|', @@time_zone, @@tx_isolation, @@sql_mode)", connection);
                ((string)(await read.ExecuteScalarAsync())!).Should().StartWith("+00:00|READ-COMMITTED|").And.Contain("STRICT_ALL_TABLES");

                // Session settings left by a previous use of the connection are reset when it is opened again.
                await new MySqlCommand("SET time_zone = '+09:00', sql_mode = 'NO_BACKSLASH_ESCAPES'", connection).ExecuteNonQueryAsync();
            }

            await using var write = new MySqlCommand("DELETE FROM business_days", reader);
            (await write.Invoking(w => w.ExecuteNonQueryAsync()).Should().ThrowAsync<MySqlException>()).WithMessage("*READ ONLY*");
        }
    }

    [Fact]
    public async Task A_day_of_events_is_one_contiguous_range_of_the_key()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await store.FixStatisticsAsync("usage_events");
        await scenario.LoadAsync([.. Enumerable.Range(1, 2_000).Select(i => Scenario.Event(i, Scenario.Monday.AddDays(i % 20)))]);
        await store.ExecuteAsync("ANALYZE TABLE usage_events");
        await using var connection = new MySqlConnection(store.ConnectionString);
        await connection.OpenAsync();
        await using var explain = new MySqlCommand(
            "EXPLAIN SELECT item_id FROM usage_events WHERE occurred_at >= '2024-07-02 15:00' AND occurred_at < "
                + "'2024-07-03 15:00' AND posting_date IS NULL", connection);
        await using var plan = await explain.ExecuteReaderAsync();
        await plan.ReadAsync();

        (plan["type"], plan["key"]).Should().Be(("range", "PRIMARY"));
    }

    /// <summary>The tables that the first statements create; one of the statements inserts rows.</summary>
    private static IEnumerable<string> Created(int statements) =>
        new[]
        {
            "usage_events", "late_events", "event_notes", "event_ids", "writer_locks", "writer_locks", "business_days", "partial_sums",
            "control_totals",
            "settlement_lines", "payee_sums", "quarantined_usage", "day_totals", "day_amounts", "item_counters",
        }.Take(statements);

    private static SettlementEngine Engine(ServiceProvider services) => services.GetRequiredService<SettlementEngine>();

    private static ServiceProvider Services(string connectionString) => new ServiceCollection()
        .AddSettlement(s => s.UseMySql(connectionString).Calendar("Asia/Seoul")).BuildServiceProvider();
}
