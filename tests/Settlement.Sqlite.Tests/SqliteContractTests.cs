using Settlement.StoreContract;

namespace Settlement.Sqlite.Tests;

public sealed class SqliteEventStoreTests : EventStoreContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteDayCloseTests : DayCloseContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteReadingTests : ReadingContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqlitePipelineTests : PipelineContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteSameAnswerTests : SameAnswerContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteHostTableTests : HostTableContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override string CreateTable => """
        CREATE TABLE video_play (id INTEGER PRIMARY KEY, played_at TEXT NOT NULL, video_id INTEGER, owner_id TEXT, watched_seconds INTEGER, kind TEXT);
        CREATE INDEX video_play_by_time ON video_play (played_at, id);
        """;
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
