using MySqlConnector;
using Settlements.MySql.Tests.Loading;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Faults;

/// <summary>Lost answers, and lost, refused and slow connections: no event is lost or counted twice.</summary>
public sealed class LostAnswerTests(SharedServer shared)
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("SETTLEMENT_TESTS") == "long";

    [Fact]
    public async Task The_outcome_of_a_commit_whose_answer_was_lost_is_determined()
    {
        var report = await CrashTest.RunAsync(() => new SmallSettlement(new MySqlUnderTest(shared.Server, IsCommit)), IsLong ? 1 : 29);

        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        report.Statements.Should().BeGreaterThan(60, "these are the commits");
        report.RecoveredWithoutRestart.Should().BeGreaterThan(report.CrashPoints / 2, "a lost connection is retried");
    }

    [Theory]
    [InlineData(5)]
    [InlineData(11)]
    public async Task A_run_over_an_unreliable_network_completes(int every)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var proxy = MySqlFaultProxy.Start("127.0.0.1", shared.Server.Port);
        var faults = new[] { ProxyFault.CutBefore, ProxyFault.CutAfter, ProxyFault.CutInsideCommand, ProxyFault.CutInsideAnswer(3),
            ProxyFault.Delay(TimeSpan.FromMilliseconds(30)) };
        await using var scenario = await Scenario.StartAsync(store, use: s => s
            .UseMySql(new MySqlStoreOptions { ConnectionString = store.Through(proxy), RetriesMax = 100 })
            .Configure(o => o.Pipeline = new Settlements.Pipelines.PipelineOptions { RetriesMax = 100, RetryDelay = TimeSpan.Zero }));
        var struck = 0;
        proxy.OnCommand = command => proxy.Commands % (every * 7) == 0 ? faults[struck++ % faults.Length] : ProxyFault.None;

        await scenario.LoadAsync(new Settlements.UsageLoadOptions { ChunkRows = 5 }, Events());
        await scenario.CloseAsync(Scenario.Monday.AddDays(2));
        proxy.OnCommand = null;

        struck.Should().BeGreaterThan(3);
        await ShouldBeUndisturbedAsync(scenario);
    }

    [Fact]
    public async Task A_temporarily_unavailable_server_is_retried()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var proxy = MySqlFaultProxy.Start("127.0.0.1", shared.Server.Port);
        await using var scenario = await Scenario.StartAsync(store, use: s => s
            .UseMySql(new MySqlStoreOptions { ConnectionString = store.Through(proxy) }));
        await scenario.LoadAsync(Events());
        Task? back = null;

        await scenario.Engine.Days.CloseThroughAsync(Scenario.Monday.AddDays(2), new Told(p =>
        {
            if (back is not null || p.Run.StepNumber != 2)
                return;
            proxy.RefusesConnections = true;
            proxy.CutAll();
            back = Task.Run(async () =>
            {
                await Task.Delay(700);
                proxy.RefusesConnections = false;
            });
        }));

        await back!;
        await ShouldBeUndisturbedAsync(scenario);
    }

    [Fact]
    public async Task A_table_load_stores_each_row_once_whatever_the_outcome_of_its_commits()
    {
        for (var at = 1; at <= 6; at++)
        {
            foreach (var fault in new[] { ProxyFault.CutBefore, ProxyFault.CutAfter })
            {
                await using var table = await TableUnderLoad.CreateAsync(shared.Server, "id BIGINT, title VARCHAR(20), n INT NULL");
                await using var proxy = MySqlFaultProxy.Start("127.0.0.1", shared.Server.Port);
                await using var loader = new TableLoader(new MySqlStoreOptions
                {
                    ConnectionString = new MySqlConnectionStringBuilder(
                        table.ConnectionString)
                    { Port = (uint)proxy.Port }.ConnectionString,
                });
                var commits = 0;
                proxy.OnCommand = command => IsCommit(command) && ++commits == at ? fault : ProxyFault.None;

                var report = await loader.LoadAsync(
                    Row.Many(1_000).ToAsyncEnumerable(), Row.Map, new TableLoadOptions { Key = "a", ChunkRows = 200 });

                (report.Sent, report.Stored + report.Resumed).Should().Be((1_000, 1_000));
                (await table.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).Should().Equal("1000|1000");
            }
        }
    }

    [Fact]
    public async Task A_writer_returns_the_correct_outcomes_after_the_answer_to_its_commit_was_lost()
    {
        foreach (var fault in new[] { ProxyFault.CutBefore, ProxyFault.CutAfter })
        {
            await using var store = new MySqlUnderTest(shared.Server);
            await using var proxy = MySqlFaultProxy.Start("127.0.0.1", shared.Server.Port);
            await using var scenario = await Scenario.StartAsync(store, use: s => s
                .UseMySql(new MySqlStoreOptions { ConnectionString = store.Through(proxy) }));
            await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday));
            var commits = 0;
            proxy.OnCommand = command => IsCommit(command) && ++commits % 2 == 1 ? fault : ProxyFault.None;

            var outcomes = await scenario.Engine.Writer.WriteBatchAsync(
                [Scenario.Event(2, Scenario.Monday), Scenario.Event(1, Scenario.Monday), Scenario.Event(3, Scenario.Monday)]);

            outcomes.Should().Equal([EventOutcome.Stored, EventOutcome.Duplicate, EventOutcome.Stored], fault.ToString());
            commits.Should().Be(2);
            (await store.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(3);
        }
    }

    private static bool IsCommit(ProxiedCommand command) =>
        command.Text.Trim(';', ' ').Equals("commit", StringComparison.OrdinalIgnoreCase);

    private static UsageEvent[] Events() =>
        [.. Enumerable.Range(1, 60).Select(i => Scenario.Event(i, Scenario.Monday.AddDays(i % 3), i, $"v{i % 7}", $"p{i % 2}"))];

    private async Task ShouldBeUndisturbedAsync(Scenario scenario)
    {
        await using var cleanStore = new MySqlUnderTest(shared.Server);
        await using var clean = await Scenario.StartAsync(cleanStore);
        await clean.LoadAsync(Events());
        await clean.CloseAsync(Scenario.Monday.AddDays(2));
        (await scenario.DumpAsync()).Should().Be(await clean.DumpAsync());
    }

    private sealed class Told(Action<CloseProgress> report) : IProgress<CloseProgress>
    {
        public void Report(CloseProgress value) => report(value);
    }
}
