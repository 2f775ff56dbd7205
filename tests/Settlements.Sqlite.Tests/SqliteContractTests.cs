using Microsoft.Extensions.DependencyInjection;
using Settlements.Testing;

namespace Settlements.Sqlite.Tests;

public sealed class SqliteEventStoreTests : EventStoreContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteEventNoteTests : EventReasonContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteCultureTests : CultureContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteEventCsvTests : EventCsvContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteInputRuleTests : InputRuleContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteEventWriterTests : EventWriterContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteEventTransactionTests : EventTransactionContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    [Fact]
    public async Task A_transaction_on_another_file_is_refused()
    {
        await using var store = NewStore();
        await using var other = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await using var elsewhere = await Scenario.StartAsync(other);
        await using var connection = await other.OpenAsync();
        await using var transaction = await BeginAsync(connection);

        await scenario.Engine.Writer.Invoking(w => w.WriteAsync(transaction, [Scenario.Event(1, Scenario.Monday)], default))
            .Should().ThrowAsync<ArgumentException>().WithMessage("*Use a connection to that file*");
    }
}

public sealed class SqliteDayCloseTests : DayCloseContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteReadingTests : RankingAndStatementContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqlitePipelineTests : PipelineContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteHistoryTests : HistoryContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteApplicationTableTests : ApplicationTableContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override string CreateTable => ApplicationTables.VideoPlay;
}

public sealed class SqliteSourceInstantTests : SourceInstantContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override string InstantType => "";

    protected override IReadOnlyList<(string Sql, string Shown)> Unreadable =>
    [
        ("NULL", "null"), ("''", "''"), ("1719792000", "'1719792000'"), ("1.5", "'1.5'"), ("x'2024'", "*(a blob)'"),
        ("'2024/07/01 02:00:00'", "'2024/07/01 02:00:00'"), ("'2024-07-01'", "'2024-07-01'"), (
            "'2024-07-01T02:00:00Z'", "'2024-07-01T02:00:00Z'"),
        ("'2024-07-00 02:00:00'", "'2024-07-00 02:00:00'"), ("'2024-06-31 02:00:00'", "'2024-06-31 02:00:00'"), (
            "'01.07.2024 02:00'", "'01.07.2024 02:00'"),
        ("'2024-07-01 25:00:00'", "'2024-07-01 25:00:00'"), ("'2024-07-01 02:60:00'", "'2024-07-01 02:60:00'"),
        ("'2024-07-01 02:00:00.'", "'2024-07-01 02:00:00.'"), ("'2024-07-01 02:00:00+09:00'", "'2024-07-01 02:00:00+09:00'"),
        ("'9999-12-31 23:59:59'", "'9999-12-31 23:59:59'"), ("'0001-01-01 00:00:00'", "'0001-01-01 00:00:00'"),
    ];

    // The fraction sorts between valid instants.
    protected override IReadOnlyList<(string Sql, string Shown)> UnreadableNumbers =>
        [("1719792000.5", "'1719792000.5'"), ("'today'", "'today'")];
}

public sealed class SqliteTelemetryTests : TelemetryContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteRestartTests : RestartContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqlitePricingTests : PricingContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteInvariantTests : InvariantContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteReconciliationTests : ReconciliationContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override string CreateTable => ApplicationTables.VideoPlay;
}

public sealed class SqliteCrashTests : CrashContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteHostileNamesTests : HostileIdsContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteExclusionTests : ExclusionContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteRestatementTests : RestatementContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteSchemaTests : SchemaContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override string Tables => "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name";

    [Fact]
    public async Task A_name_conflict_with_an_index_is_reported_too_in_any_case()
    {
        await using var store = NewStore();
        await store.ExecuteAsync("CREATE TABLE Business_Days (day INT)");
        await store.ExecuteAsync("CREATE INDEX pipeline_runs_once ON Business_Days (day)");
        await using var services = new ServiceCollection().AddSettlement(s =>
        {
            store.Use(s);
            s.Calendar("Asia/Seoul");
        }).BuildServiceProvider();

        var refused = await services.GetRequiredService<SettlementEngine>().Schema.Invoking(s => s.ApplyAsync()).Should()
            .ThrowAsync<SchemaException>();

        refused.Which.TakenNames.Should().Equal("Business_Days", "pipeline_runs_once");
        (await store.ReadAsync("PRAGMA journal_mode")).Should().Equal(["delete"], "the file was left as it was");
    }
}

internal static class ApplicationTables
{
    public const string VideoPlay = """
        CREATE TABLE video_play (id INTEGER PRIMARY KEY, played_at TEXT NOT NULL, video_id INTEGER, owner_id TEXT, watched_seconds INTEGER,
            kind TEXT);
        CREATE INDEX video_play_by_time ON video_play (played_at, id);
        """;
}

public sealed class SqliteTrialHistoryTests : TrialHistoryContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteTrialTests : TrialContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteEstimateTests : EstimateContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteEstimateCrashTests : EstimateCrashContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteEstimateHistoryTests : EstimateHistoryContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}
