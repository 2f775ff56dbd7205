using Settlements.Sqlite.Tests;
using Settlements.TestServers;
using Settlements.Testing;

namespace Settlements.ClickHouse.Tests;

public sealed class ClickHouseTableSourceTests(ClickHouseFixture shared) : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store) => await ClickHouseUnderTest.NewAsync(shared);
}

/// <summary>The same with several slices of each day, by a user with a password who may only read.</summary>
public sealed class ClickHouseSlicesTests(ClickHouseFixture shared) : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store)
    {
        var source = await ClickHouseUnderTest.NewAsync(shared);
        source.Options = options =>
        {
            options.SliceRowsMax = 5;
            (options.User, options.Password) = (TestServers.ClickHouseCluster.Reader, TestServers.ClickHouseCluster.Password);
        };
        return source;
    }
}

/// <summary>The same statements and rows on a current engine.</summary>
[Collection(nameof(Chdb))]
public sealed class ChdbSourceTests : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store)
    {
        var source = await ChdbUnderTest.NewAsync();
        source.Options = options => options.SliceRowsMax = 5;
        return source;
    }
}
