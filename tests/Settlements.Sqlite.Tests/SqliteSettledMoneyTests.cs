using Settlements.Testing;

namespace Settlements.Sqlite.Tests;

public sealed class SqliteWorkedFiguresTests : WorkedFiguresContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteCounterTests : CounterContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteVerificationTests : VerificationContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteBoundaryTests : BoundaryContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteBeginningTests : FirstDayContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override string CreateTable => ApplicationTables.VideoPlay;
}

public sealed class SqliteSettingsTests : SettingsContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override string CreateTable => ApplicationTables.VideoPlay;
}

public sealed class SqliteQuarantineTests : QuarantineContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override string CreateTable => ApplicationTables.VideoPlay;
}

public sealed class SqliteOutsideSourceTests : ExternalSourceContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteSourceSchemaTests : SourceSchemaContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    [Theory]
    [InlineData("'2024-07-01T00:00:00'")]
    [InlineData("'2024-07-01 00:00:00Z'")]
    [InlineData("1719792000")]
    [InlineData("'yesterday'")]
    public async Task A_start_of_a_payee_that_is_no_date_or_instant_is_named(string from)
    {
        await using var store = NewStore();
        await store.ExecuteAsync($"""
            CREATE TABLE owners (video INTEGER, since, owner TEXT);
            INSERT INTO owners VALUES (1, '2024-01-01', 'ann'), (1, {from}, 'bob');
            CREATE TABLE clicks (id INTEGER NOT NULL PRIMARY KEY, at TEXT, video INTEGER);
            INSERT INTO clicks VALUES (1, '2024-07-01 03:00:00', 1)
            """);
        await using var scenario = await Scenario.StartAsync(store, s => s.Source("clicks", c => c.Table("clicks").OccurredAt("at")
            .Item("video").PayeeAsOf("owners", on: "video", from: "since", payee: "owner").CountedFrom(Scenario.Monday)
            .Counts("video.view")));

        await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>()
            .WithMessage("*'clicks'*since*owners*");
    }

    [Theory]
    [InlineData("CREATE UNIQUE INDEX u ON regions (video, lower(country))")]
    [InlineData("CREATE UNIQUE INDEX u ON regions (video) WHERE country = 'KR'")]
    [InlineData("CREATE UNIQUE INDEX u ON regions (video, country)")]
    [InlineData("UPDATE regions SET video = '1' WHERE country = 'US'; CREATE UNIQUE INDEX u ON regions (video)")]
    public async Task An_index_is_unique_only_by_all_of_its_terms(string index)
    {
        await using var store = NewStore();
        await store.ExecuteAsync($"""
            CREATE TABLE regions (video, country TEXT);
            INSERT INTO regions VALUES (1, 'KR'), (1, 'US');
            {index};
            CREATE TABLE clicks (id INTEGER NOT NULL PRIMARY KEY, at TEXT, video INTEGER, payee TEXT);
            INSERT INTO clicks VALUES (1, '2024-07-01 03:00:00', 1, 'ann')
            """);
        await using var scenario = await Scenario.StartAsync(store, s => s.Source("clicks", c => c.Table("clicks").OccurredAt("at")
            .Join("regions", "regions.video = clicks.video").Item("clicks.video").Payee("payee").CountedFrom(Scenario.Monday)
            .Counts("video.view")));

        await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>()
            .WithMessage("*several rows of table regions have video = 1*");
    }

    [Theory]
    [InlineData("main.clicks", "payee", null)]
    [InlineData("clicks", "payees", "*no such column*payees*")]
    public async Task Names_of_tables_and_columns_are_those_of_the_schema(string table, string payee, string? error)
    {
        await using var store = NewStore();
        await store.ExecuteAsync("""
            CREATE TABLE clicks (id INTEGER NOT NULL PRIMARY KEY, at TEXT, video INTEGER, payee TEXT);
            INSERT INTO clicks VALUES (1, '2024-07-01 03:00:00', 1, 'ann')
            """);
        await using var scenario = await Scenario.StartAsync(store, s => s.Source("clicks", c => c.Table(table).OccurredAt("at")
            .Item("video").Payee(payee).CountedFrom(Scenario.Monday).Counts("video.view")));

        if (error is null)
        {
            await scenario.CloseAsync(Scenario.Monday);
            (await scenario.LinesAsync()).Should().ContainSingle().Which.PayeeId.Should().Be("ann");
            return;
        }

        await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>().WithMessage(error);
    }
}

public sealed class SqliteTableSourceTests : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store) =>
        await SqlSourceUnderTest.NewAsync(store, hasKey: true);
}

public sealed class SqliteKeylessTableSourceTests : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store) =>
        await SqlSourceUnderTest.NewAsync(store, hasKey: false);
}

public sealed class SqliteSourceTests : SourceContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override string CreateTable => ApplicationTables.VideoPlay;

    protected override Task<IReadOnlyList<string>> SpellingsAsync(StoreUnderTest store) =>
        Task.FromResult<IReadOnlyList<string>>(["VIDEO_PLAY", "Video_Play"]);
}

public sealed class SqliteCorrectionSequenceTests : CorrectionSequenceContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteRestatementHistoryTests : RestatementHistoryContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteRateCatalogTests : RateCatalogContract
{
    protected override string Instant => "0";

    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override Task<bool> IsWaitingForLockAsync(StoreUnderTest store) =>
        Task.FromResult(WriterLock.ForFile(((SqliteUnderTest)store).FileName).QueueLength > 0);
}
