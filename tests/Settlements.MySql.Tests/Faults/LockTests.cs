using Dapper;
using MySqlConnector;
using Settlements.MySql.Tests.Sources;
using Settlements.Pipelines;
using Settlements.TestServers;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Faults;

/// <summary>
/// Deadlocks and lock timeouts on a real server: the transaction is retried as a whole, and the history records the reason.
/// </summary>
public sealed class LockTests : IAsyncLifetime
{
    private MySqlServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await MySqlServer.StartAsync("--innodb-lock-wait-timeout=1", "--innodb-flush-log-at-trx-commit=2");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task After_a_lock_timeout_the_chunk_is_retried_and_the_reason_is_recorded()
    {
        await using var store = new MySqlUnderTest(_server);
        await using var scenario = await StartAsync(store);
        await using var other = await OpenAsync(store);
        Task? released = null;

        await scenario.Engine.Days.CloseThroughAsync(Tuesday, new Told(p =>
        {
            if (released is not null || p.Run is not { StepNumber: 2, ChunksDone: 0 })
                return;
            var holding = other.BeginTransaction();
            other.Execute("SELECT * FROM item_counters FOR UPDATE", transaction: holding);
            released = Task.Run(async () =>
            {
                while ((await scenario.Engine.Pipelines.ListRunsAsync(1))[0].Incidents == 0)
                    await Task.Delay(10);
                await holding.RollbackAsync();
            });
        }));

        await released!;
        await ShouldBeUndisturbedAsync(scenario);
        await ShouldTellAsync(scenario, "price items", "*Retry 1 of 5: *Lock wait timeout exceeded*");
    }

    [Fact]
    public async Task Retries_are_limited_and_nothing_is_partially_written()
    {
        await using var store = new MySqlUnderTest(_server);
        await using var scenario = await StartAsync(store, retries: 1);
        await using var other = await OpenAsync(store);
        await using var holding = await other.BeginTransactionAsync();

        var close = () => scenario.Engine.Days.CloseThroughAsync(Tuesday, new Told(p =>
        {
            if (p.Run is { StepNumber: 2, ChunksDone: 0 })
                other.Execute("SELECT * FROM item_counters FOR UPDATE", transaction: holding);
        }));

        (await close.Should().ThrowAsync<MySqlStoreException>().WithMessage("*Lock wait timeout*transactions that stay open*")).Which.Number
            .Should().Be(1205);
        var failed = (await scenario.Engine.Pipelines.ListRunsAsync(1))[0];
        (failed.State, failed.Incidents).Should().Be((RunState.Failed, 2), "one retry and the failure");
        (await store.CountAsync($"SELECT count(*) FROM settlement_lines WHERE run_id = {failed.RunId}")).Should().Be(0);
        await holding.RollbackAsync();
        await scenario.CloseAsync(Tuesday);
        await ShouldBeUndisturbedAsync(scenario);
        (await scenario.Engine.Pipelines.ListIncidentsAsync(failed.RunId))
            .Should().HaveCount(2, "the history includes the incidents before the restart");
    }

    [Fact]
    public async Task After_a_deadlock_the_chunk_is_retried_and_the_reason_is_recorded()
    {
        await _server.ExecuteAsync("SET GLOBAL innodb_lock_wait_timeout = 300"); // a wait ends by the deadlock alone
        await using var store = new MySqlUnderTest(_server);
        await using var scenario = await StartAsync(store);
        await store.ExecuteAsync("CREATE TABLE heavy (n INT PRIMARY KEY)");
        await using var other = await OpenAsync(store);
        Task? ended = null;

        // The chunk locks v1 … v9 in order; the other transaction has locked v9 and has more writes, so that the chunk is the victim, and
        // then locks v1.
        await scenario.Engine.Days.CloseThroughAsync(Tuesday, new Told(p =>
        {
            if (ended is not null || p.Run is not { StepNumber: 2, ChunksDone: 0 })
                return;
            var holding = other.BeginTransaction();
            other.Execute(
                $"INSERT INTO heavy SELECT seq FROM {Numbers.To(5_000)}; SELECT * FROM item_counters WHERE meter = 'video.view' AND "
                    + "period = 'lifetime' AND period_start = '1900-01-01' AND item_id = 'v9' FOR UPDATE", transaction: holding);
            ended = Task.Run(async () =>
            {
                await using var watch = await OpenAsync(store);
                while (await watch.ExecuteScalarAsync<long>(
                    "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'") == 0)
                    await Task.Delay(150); // the server makes this table anew only when it was not read for 100 ms
                await other.ExecuteAsync("SELECT * FROM item_counters WHERE meter = 'video.view' AND period = 'lifetime' AND "
                    + "period_start = '1900-01-01' AND item_id = 'v1' FOR UPDATE", transaction: holding);
                await holding.RollbackAsync();
            });
        }));

        await ended!;
        await ShouldBeUndisturbedAsync(scenario);
        await ShouldTellAsync(scenario, "price items", "*Retry 1 of 5: *Deadlock found*");
    }

    private static DateOnly Tuesday => Scenario.Monday.AddDays(1);

    private static async Task<Scenario> StartAsync(StoreUnderTest store, int retries = 5)
    {
        var scenario = await Scenario.StartAsync(store, s =>
        {
            Scenario.UsualRates(s);
            s.Configure(o => o.Pipeline = new PipelineOptions { Workers = 1, RetriesMax = retries });
        });
        await scenario.LoadAsync(
            [.. Enumerable.Range(1, 18).Select(i => Scenario.Event(i, Scenario.Monday.AddDays(i % 2), i, $"v{(i + 1) / 2}"))]);
        await scenario.CloseAsync(Scenario.Monday);
        return scenario;
    }

    private static async Task<MySqlConnection> OpenAsync(MySqlUnderTest store)
    {
        var connection = new MySqlConnection(store.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private async Task ShouldBeUndisturbedAsync(Scenario scenario)
    {
        await using var cleanStore = new MySqlUnderTest(_server);
        await using var clean = await StartAsync(cleanStore);
        await clean.CloseAsync(Tuesday);
        (await scenario.DumpAsync()).Should().Be(await clean.DumpAsync());
    }

    private static async Task ShouldTellAsync(Scenario scenario, string step, string reason)
    {
        var run = (await scenario.Engine.Pipelines.ListRunsAsync(1))[0];
        run.State.Should().Be(RunState.Completed);
        (await scenario.Engine.Pipelines.ListIncidentsAsync(run.RunId)).Should().Contain(i => i.Step == step && i.Chunk == 0)
            .Which.Reason.Should().Match(reason);
    }

    private sealed class Told(Action<CloseProgress> report) : IProgress<CloseProgress>
    {
        public void Report(CloseProgress value) => report(value);
    }
}
