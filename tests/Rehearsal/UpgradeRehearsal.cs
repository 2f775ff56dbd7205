using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;
using Settlements.Testing;

namespace Settlements.Rehearsal;

/// <summary>Rehearses upgrades of the schema over two versions with data, on both stores.</summary>
public abstract class UpgradeRehearsal
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("SETTLEMENT_TESTS") == "long";

    protected abstract Upgrade Upgrade { get; }

    /// <summary>The statement interval of the crash test in a short run, null for none; a long run tests every statement.</summary>
    protected virtual int? ShortInterval => 17;

    private static DateOnly Tuesday => Scenario.Monday.AddDays(1);

    protected abstract StoreUnderTest NewStore();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_versions_are_applied_to_a_database_with_data_and_days_continue_to_close(bool isStepwise)
    {
        await using var store = NewStore();
        var before = await CloseMondayAsync(store);

        if (isStepwise)
            await UpgradeAsync(store, 1, 2, ["second.sql"]);
        await UpgradeAsync(store, isStepwise ? 2 : 1, 3, isStepwise ? ["third.sql"] : ["second.sql", "third.sql"]);

        await using var third = await StartAsync(store, 3);
        (await third.LinesAsync()).Should().Equal(before, "an upgrade does not change published lines");
        (await store.ReadAsync(Upgrade.Notes)).Should().ContainSingle().Which.Should().Contain("2", "the rows of Monday were migrated");
        await third.LoadAsync(Scenario.Event(3, Tuesday, 5), Scenario.Event(4, Scenario.Monday, 7));
        await third.CloseAsync(Tuesday);
        (await third.LinesAsync(Tuesday, Tuesday)).Should().HaveCount(2);
        await third.CheckAsync(Scenario.Monday, Tuesday);

        await using var never = NewStore();
        await CloseMondayAsync(never);
        await using var first = await StartAsync(never, 1);
        await first.LoadAsync(Scenario.Event(3, Tuesday, 5), Scenario.Event(4, Scenario.Monday, 7));
        await first.CloseAsync(Tuesday);
        (await third.DumpAsync()).Should().Be(await first.DumpAsync(), "a database that was never upgraded has the same figures");
    }

    [Fact]
    public async Task A_crash_at_any_statement_of_an_upgrade_is_continued_by_the_next_call()
    {
        Assert.SkipUnless(IsLong || ShortInterval is not null, "Set SETTLEMENT_TESTS=long to run it.");
        var report = await CrashTest.RunAsync(
            () => new UpgradeJob(NewStore(), Upgrade), IsLong ? 1 : ShortInterval!.Value, TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        report.Statements.Should().BeGreaterThan(6);
        report.CrashPoints.Should().BeGreaterThan(3);
    }

    /// <summary>
    /// Instances of both versions are refused before, and those of the old version after the upgrade, which two apply at once.
    /// </summary>
    private async Task UpgradeAsync(StoreUnderTest store, int from, int to, string[] files)
    {
        await using (var early = Services(store, Upgrade.Version(to)))
            await RefusedAsync(early, $"*schema version {from}*requires {to}*ApplyAsync*");
        await using (var one = Services(store, Upgrade.Version(to)))
        await using (var two = Services(store, Upgrade.Version(to)))
        {
            var applied = await Task.WhenAll(Engine(one).Schema.ApplyAsync(), Engine(two).Schema.ApplyAsync());
            applied.SelectMany(names => names).Should().Equal(files, "each file is applied once");
        }

        await using var old = Services(store, Upgrade.Version(from));
        await RefusedAsync(old, $"*schema version {to}*newer version*supports {from}*");
    }

    private async Task<List<SettlementLine>> CloseMondayAsync(StoreUnderTest store)
    {
        await using var first = await StartAsync(store, 1);
        await first.LoadAsync(Scenario.Event(1, Scenario.Monday, 100_000), Scenario.Event(2, Scenario.Monday, item: "v2"));
        await first.CloseAsync(Scenario.Monday);
        return await first.LinesAsync();
    }

    private Task<Scenario> StartAsync(StoreUnderTest store, int version) =>
        Scenario.StartAsync(store, services: services => services.AddSingleton(Upgrade.Version(version)));

    private static async Task RefusedAsync(ServiceProvider services, string message)
    {
        await Engine(services).Invoking(e => e.Days.FindNextAsync()).Should().ThrowAsync<SchemaException>().WithMessage(message);
        await Engine(services).Invoking(e => e.Days.CloseThroughAsync(Tuesday)).Should().ThrowAsync<SchemaException>().WithMessage(message);
    }

    private static SettlementEngine Engine(ServiceProvider services) => services.GetRequiredService<SettlementEngine>();

    private static ServiceProvider Services(StoreUnderTest store, SchemaFiles schema) => new ServiceCollection()
        .AddSettlement(settlement =>
        {
            store.Use(settlement);
            settlement.Calendar("Asia/Seoul");
            Scenario.UsualRates(settlement);
        })
        .AddSingleton(schema)
        .BuildServiceProvider();

    /// <summary>Upgrades a database with a published day from version 1 to 3 with faults.</summary>
    private sealed class UpgradeJob(StoreUnderTest store, Upgrade upgrade) : ICrashSubject
    {
        private bool _isPrepared;

        public async Task RunAsync(FaultPlan faults, CancellationToken cancellationToken)
        {
            if (!_isPrepared)
            {
                await using var first = await Scenario.StartAsync(store, services: s => s.AddSingleton(upgrade.Version(1)));
                await first.LoadAsync(Scenario.Event(1, Scenario.Monday, 10), Scenario.Event(2, Scenario.Monday, item: "v2"));
                await first.CloseAsync(Scenario.Monday);
                _isPrepared = true;
            }

            await using var third = await Scenario.StartAsync(
                store, services: s => s.AddSingleton(upgrade.Version(3)), use: settlement => store.Use(settlement, faults));
        }

        public async Task<string> DumpAsync(CancellationToken cancellationToken)
        {
            var numbers = await store.ReadAsync("SELECT number, file FROM settlement_schema ORDER BY number");
            return string.Join('\n', [.. numbers, .. await store.ReadAsync(Upgrade.Notes), await StoredRows.DumpAsync(store)]);
        }

        public ValueTask DisposeAsync() => store.DisposeAsync();
    }
}
