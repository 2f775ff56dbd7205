using System.Data;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using Settlements.Testing;

namespace Settlements.MySql.Tests;

public sealed class MySqlEventStoreTests(SharedServer shared) : EventStoreContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlEventNoteTests(SharedServer shared) : EventReasonContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

/// <summary>The contract with ids in a separate table.</summary>
public sealed class MySqlPartitionedEventNoteTests(SharedServer shared) : EventReasonContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override Task PrepareAsync(Scenario scenario) =>
        scenario.Services.GetRequiredService<EventPartitions>().AddAsync(new DateRange(Scenario.Monday, Scenario.Monday.AddDays(1)));
}

public sealed class MySqlCultureTests(SharedServer shared) : CultureContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlEventCsvTests(SharedServer shared) : EventCsvContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlInputRuleTests(SharedServer shared) : InputRuleContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlEventWriterTests(SharedServer shared) : EventWriterContract
{
    protected override int ShortInterval => 13;

    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlEventTransactionTests(SharedServer shared) : EventTransactionContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    [Theory]
    [InlineData("", IsolationLevel.RepeatableRead, "", "*RepeatableRead*IsolationLevel.ReadCommitted*")]
    [InlineData("", IsolationLevel.Unspecified, "", "*Unspecified*IsolationLevel.ReadCommitted*")]
    [InlineData("GuidFormat=Binary16", IsolationLevel.ReadCommitted, "", "*GuidFormat*")]
    [InlineData("", IsolationLevel.ReadCommitted, "SET sql_mode = 'NO_BACKSLASH_ESCAPES'", "*NO_BACKSLASH_ESCAPES*")]
    public async Task A_transaction_with_unsafe_settings_is_refused(
        string setting, IsolationLevel isolation, string statement, string message)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await using var connection = new MySqlConnection($"{store.ConnectionString};{setting}");
        await connection.OpenAsync();
        if (statement.Length > 0)
            await connection.ExecuteAsync(statement);
        await using var transaction = await connection.BeginTransactionAsync(isolation);

        await scenario.Engine.Writer.Invoking(w => w.WriteAsync(transaction, [Scenario.Event(1, Scenario.Monday)], default))
            .Should().ThrowAsync<ArgumentException>().WithMessage(message);
    }

    /// <summary>Also if that database has tables with the same names.</summary>
    [Fact]
    public async Task In_a_transaction_on_another_database_events_are_written_to_the_stores_database()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var other = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await using var elsewhere = await Scenario.StartAsync(other);
        await using var connection = await other.OpenAsync();
        await using var transaction = await BeginAsync(connection);

        await scenario.Engine.Writer.WriteAsync(transaction, [Scenario.Event(1, Scenario.Monday)], default);
        await transaction.CommitAsync();

        (await store.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(1);
        (await other.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(0);
    }

    [Fact]
    public async Task A_transaction_on_a_server_without_the_stores_tables_is_refused()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var other = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.Engine.Writer.WriteAsync(Scenario.Event(1, Scenario.Monday), default);
        await using var connection = await other.OpenAsync();
        await using var transaction = await BeginAsync(connection);

        // As on another server: the tables don't exist.
        await store.ExecuteAsync("RENAME TABLE writer_locks TO elsewhere");

        await scenario.Engine.Writer.Invoking(w => w.WriteAsync(transaction, [Scenario.Event(2, Scenario.Monday)], default))
            .Should().ThrowAsync<MySqlStoreException>().WithMessage("*Use a connection to the same server*");
    }

    [Fact]
    public async Task Late_events_are_recorded_on_a_connection_with_local_times()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        await scenario.CloseAsync(Scenario.Monday);
        await using var connection = new MySqlConnection($"{store.ConnectionString};DateTimeKind=Local");
        await connection.OpenAsync();
        await using var transaction = await BeginAsync(connection);

        var told = await scenario.Engine.Writer.WriteAsync(transaction, [Scenario.Event(2, Scenario.Monday, 7)], default);
        await transaction.CommitAsync();

        told.Should().Equal(EventOutcome.Late);
        (await store.CountAsync("SELECT count(*) FROM late_events WHERE posting_date = '2024-07-02'")).Should().Be(1);
    }

    [Fact]
    public async Task Ids_in_a_separate_table_are_written()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.Services.GetRequiredService<EventPartitions>().AddAsync(new DateRange(Scenario.Monday, Scenario.Monday));
        await using var connection = await store.OpenAsync();
        await using var transaction = await BeginAsync(connection);

        var first = await scenario.Engine.Writer.WriteAsync(
            transaction, [Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(2, Scenario.Monday, 7)], default);
        var again = await scenario.Engine.Writer.WriteAsync(
            transaction, [Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(3, Scenario.Monday, 9)], default);
        await transaction.CommitAsync();

        first.Should().Equal(EventOutcome.Stored, EventOutcome.Stored);
        again.Should().Equal(EventOutcome.Duplicate, EventOutcome.Stored);
        (await store.CountAsync("SELECT sum(quantity) FROM usage_events")).Should().Be(21);
        (await store.CountAsync("SELECT count(*) FROM event_ids")).Should().Be(3);
    }
}

public sealed class MySqlDayCloseTests(SharedServer shared) : DayCloseContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlReadingTests(SharedServer shared) : RankingAndStatementContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlPipelineTests(SharedServer shared) : PipelineContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlHistoryTests(SharedServer shared) : HistoryContract
{
    protected override (int Short, int Long) Histories => (5, 250);

    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlApplicationTableTests(SharedServer shared) : ApplicationTableContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override string CreateTable => ApplicationTables.VideoPlay;
}

public sealed class MySqlSourceInstantTests(SharedServer shared) : SourceInstantContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override string InstantType => "DATETIME(6)";

    protected override string Lenient => "SET SESSION sql_mode = 'ALLOW_INVALID_DATES'; ";

    protected override IReadOnlyList<(string Sql, string Shown)> Unreadable =>
    [
        ("NULL", "null"), .. ((string[])[
            "0000-00-00 00:00:00.000000", "0001-01-01 00:00:00.000000", "2024-00-00 00:00:00.000000", "2024-07-00 12:00:00.000000",
            "2024-06-31 23:59:59.999999", "2024-02-00 00:00:00.000000", "2023-02-29 00:00:00.000000", "9999-12-31 23:59:59.999999",
        ]).Select(text => ($"'{text}'", $"'{text}'")),
    ];
}

public sealed class MySqlTelemetryTests(SharedServer shared) : TelemetryContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlRestartTests(SharedServer shared) : RestartContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlPricingTests(SharedServer shared) : PricingContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlInvariantTests(SharedServer shared) : InvariantContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlReconciliationTests(SharedServer shared) : ReconciliationContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override string CreateTable => ApplicationTables.VideoPlay;
}

public sealed class MySqlCrashTests(SharedServer shared) : CrashContract
{
    protected override int ShortInterval => 151;

    protected override int LongInterval => 6;

    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlHostileNamesTests(SharedServer shared) : HostileIdsContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlExclusionTests(SharedServer shared) : ExclusionContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlRestatementTests(SharedServer shared) : RestatementContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlSchemaNameTests(SharedServer shared) : SchemaContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override string Tables =>
        "SELECT table_name FROM information_schema.tables WHERE table_schema = database() ORDER BY table_name";
}

internal static class ApplicationTables
{
    public const string VideoPlay = """
        CREATE TABLE video_play (
            id BIGINT PRIMARY KEY, played_at DATETIME(6) NOT NULL, video_id BIGINT, owner_id VARCHAR(64), watched_seconds BIGINT,
                kind VARCHAR(16),
            KEY video_play_by_time (played_at, id));
        """;
}

public sealed class MySqlTrialHistoryTests(SharedServer shared) : TrialHistoryContract
{
    protected override (int Short, int Long) Histories => (4, 250);

    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlTrialTests(SharedServer shared) : TrialContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlRateCatalogTests(SharedServer shared) : RateCatalogContract
{
    protected override string Instant => "'2024-07-01 00:00:00'";

    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override async Task<bool> IsWaitingForLockAsync(StoreUnderTest store) => await store.CountAsync(
        """
        SELECT count(*) FROM information_schema.innodb_trx t JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
        WHERE t.trx_state = 'LOCK WAIT' AND p.db = DATABASE()
        """) > 0;
}

public sealed class MySqlEstimateTests(SharedServer shared) : EstimateContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlEstimateCrashTests(SharedServer shared) : EstimateCrashContract
{
    protected override int ShortInterval => 97;

    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlEstimateHistoryTests(SharedServer shared) : EstimateHistoryContract
{
    protected override (int Short, int Long) Histories => (4, 250);

    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}
