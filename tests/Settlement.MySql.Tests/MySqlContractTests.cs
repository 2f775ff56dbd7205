using Settlement.StoreContract;

namespace Settlement.MySql.Tests;

public sealed class MySqlEventStoreTests(SharedServer shared) : EventStoreContract
{
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

public sealed class MySqlSameAnswerTests(SharedServer shared) : SameAnswerContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlHostTableTests(SharedServer shared) : HostTableContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override string CreateTable => """
        CREATE TABLE video_play (
            id BIGINT PRIMARY KEY, played_at DATETIME(6) NOT NULL, video_id BIGINT, owner_id VARCHAR(64), watched_seconds BIGINT, kind VARCHAR(16),
            KEY video_play_by_time (played_at, id));
        """;
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
