using System.Data;
using Microsoft.Extensions.DependencyInjection;
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
