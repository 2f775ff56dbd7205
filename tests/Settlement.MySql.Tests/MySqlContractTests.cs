using Settlement.Testing.Contracts;

namespace Settlement.MySql.Tests;

public sealed class MySqlEventStoreTests(SharedServer shared) : EventStoreContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlEventWriterTests(SharedServer shared) : EventWriterContract
{
    protected override int ShortEvery => 13;

    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlDayCloseTests(SharedServer shared) : DayCloseContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlReadingTests(SharedServer shared) : ReadingContract
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

public sealed class MySqlHostTableTests(SharedServer shared) : HostTableContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override string CreateTable => HostTables.VideoPlay;
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

    protected override string CreateTable => HostTables.VideoPlay;
}

public sealed class MySqlCrashTests(SharedServer shared) : CrashContract
{
    protected override int ShortEvery => 97;

    protected override int LongEvery => 6;

    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlHostileNamesTests(SharedServer shared) : HostileNamesContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

internal static class HostTables
{
    public const string VideoPlay = """
        CREATE TABLE video_play (
            id BIGINT PRIMARY KEY, played_at DATETIME(6) NOT NULL, video_id BIGINT, owner_id VARCHAR(64), watched_seconds BIGINT, kind VARCHAR(16),
            KEY video_play_by_time (played_at, id));
        """;
}
