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
