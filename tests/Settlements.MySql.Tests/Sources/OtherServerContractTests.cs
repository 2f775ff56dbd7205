using Settlements.Sqlite.Tests;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Sources;

public sealed class SqliteStoreOtherServerTests(SharedServer shared) : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store) => await ShardsUnderTest.NewAsync(shared, 1);
}

public sealed class MySqlStoreOtherServerTests(SharedServer shared) : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store) => await ShardsUnderTest.NewAsync(shared, 1);
}

public sealed class SqliteStoreShardedServersTests(SharedServer shared) : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store) =>
        await ShardsUnderTest.NewAsync(shared, 2, o => o.SumPlan = SumPlan.ServerGroupBy);
}

public sealed class MySqlStoreShardedServersTests(SharedServer shared) : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store) => await ShardsUnderTest.NewAsync(shared, 3);
}
