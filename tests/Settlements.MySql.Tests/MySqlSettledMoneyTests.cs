using Settlements.Testing;

namespace Settlements.MySql.Tests;

public sealed class MySqlWorkedFiguresTests(SharedServer shared) : WorkedFiguresContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlCounterTests(SharedServer shared) : CounterContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlVerificationTests(SharedServer shared) : VerificationContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlBoundaryTests(SharedServer shared) : BoundaryContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlBeginningTests(SharedServer shared) : FirstDayContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override string CreateTable => ApplicationTables.VideoPlay;
}

public sealed class MySqlSettingsTests(SharedServer shared) : SettingsContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override string CreateTable => ApplicationTables.VideoPlay;
}

public sealed class MySqlQuarantineTests(SharedServer shared) : QuarantineContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override string CreateTable => ApplicationTables.VideoPlay;
}

public sealed class MySqlOutsideSourceTests(SharedServer shared) : ExternalSourceContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public class MySqlSourceSchemaTests(SharedServer shared) : SourceSchemaContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override string Create(string schema) => schema
        .Replace("started_at VARCHAR(30)", "started_at DATETIME(6)", StringComparison.Ordinal)
        .Replace("valid_from VARCHAR(10)", "valid_from DATE", StringComparison.Ordinal)
        .Replace("TEXT_ID", "VARCHAR(8) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci", StringComparison.Ordinal)
        .Replace("OTHER_ID", "VARCHAR(8) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci", StringComparison.Ordinal)
        .Replace("BINARY_ID", "VARCHAR(8) CHARACTER SET latin1 COLLATE latin1_bin", StringComparison.Ordinal);
}

public sealed class MySqlGroupedSourceSchemaTests(SharedServer shared) : MySqlSourceSchemaTests(shared)
{
    private readonly SharedServer _shared = shared;

    protected override StoreUnderTest NewStore() => new MySqlUnderTest(_shared.Server) { SumPlan = SumPlan.ServerGroupBy };
}

public sealed class MySqlGroupedTableSourceTests(SharedServer shared) : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server) { SumPlan = SumPlan.ServerGroupBy };

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store) =>
        await SqlSourceUnderTest.NewAsync(store, hasKey: true, "CHARACTER SET utf8mb4");
}

public sealed class MySqlTableSourceTests(SharedServer shared) : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store) =>
        await SqlSourceUnderTest.NewAsync(store, hasKey: true, "CHARACTER SET utf8mb4");
}

public sealed class MySqlKeylessTableSourceTests(SharedServer shared) : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store) =>
        await SqlSourceUnderTest.NewAsync(store, hasKey: false, "CHARACTER SET utf8mb4");
}

public sealed class MySqlGroupedSourceTests(SharedServer shared) : MySqlSourceTests(shared)
{
    private readonly SharedServer _shared = shared;

    protected override StoreUnderTest NewStore() => new MySqlUnderTest(_shared.Server) { SumPlan = SumPlan.ServerGroupBy };
}

public class MySqlSourceTests(SharedServer shared) : SourceContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override string CreateTable => ApplicationTables.VideoPlay;

    protected override async Task<IReadOnlyList<string>> SpellingsAsync(StoreUnderTest store) =>
        [.. (await store.ReadAsync("SELECT cast(database() AS CHAR)")).Select(database => $"{database}.video_play")];
}

public sealed class MySqlCorrectionSequenceTests(SharedServer shared) : CorrectionSequenceContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlRestatementHistoryTests(SharedServer shared) : RestatementHistoryContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}
