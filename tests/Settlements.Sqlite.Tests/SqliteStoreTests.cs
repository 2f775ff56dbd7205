using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Settlements.Pipelines;
using Settlements.Stores;
using Settlements.Testing;

namespace Settlements.Sqlite.Tests;

/// <summary>Behaviour specific to SQLite: the file, its schema, and its single writer.</summary>
public sealed class SqliteStoreTests
{
    [Fact]
    public async Task The_schema_is_applied_once_and_recorded()
    {
        await using var store = new SqliteUnderTest();
        await using var scenario = await Scenario.StartAsync(store);

        (await scenario.Engine.Schema.ApplyAsync()).Should().BeEmpty("it was applied before");
        (await store.CountAsync("SELECT count(*) FROM settlement_schema")).Should().Be(1);
        (await store.CountAsync("SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'")).Should().Be(1);
    }

    [Fact]
    public async Task A_database_without_the_schema_or_with_a_newer_one_is_refused_with_the_remedy()
    {
        await using var store = new SqliteUnderTest();
        await using var services = Services(store.ConnectionString);
        var engine = services.GetRequiredService<SettlementEngine>();

        await engine.Invoking(e => e.Days.FindNextAsync()).Should().ThrowAsync<SchemaException>().WithMessage(
            "*schema version 0*requires 1*ApplyAsync*");
        await engine.Schema.ApplyAsync();
        await store.ExecuteAsync("INSERT INTO settlement_schema VALUES (9, 'later.sql', '')");
        await using var older = Services(store.ConnectionString);
        await older.GetRequiredService<SettlementEngine>().Invoking(e => e.Days.FindNextAsync())
            .Should().ThrowAsync<SchemaException>().WithMessage("*schema version 9*newer version*");
    }

    [Theory]
    [InlineData("Data Source=:memory:", "*in-memory*")]
    [InlineData("Data Source=", "*has no Data Source*Data Source=shop.db*")]
    [InlineData("Data Source=shop;Mode=Memory;Cache=Shared", "*in-memory*Cache=Shared*")]
    [InlineData("Data Source=file::memory:?cache=shared", "*in-memory*")]
    [InlineData("Data Source=file:shop.db?mode=ro", "*URI*")]
    [InlineData("Data Source=shop.db;Cache=Shared", "*Cache=Shared*Remove Cache*")]
    [InlineData("Data Sauce=x.db;Password=hunter2", "*can't be parsed*")]
    [InlineData("Data Source=x.db;Mode=ReadOnly", "*ReadOnly*")]
    public void An_invalid_connection_string_is_a_validation_error_that_does_not_quote_it(string connectionString, string message)
    {
        var services = new ServiceCollection().AddSettlement(s => s.UseSqlite(connectionString).Calendar("Asia/Seoul"))
            .BuildServiceProvider();

        var error = services.Invoking(s => s.GetRequiredService<IOptions<SettlementOptions>>().Value)
            .Should().Throw<OptionsValidationException>().Which;

        error.Message.Should().Match(message);
        error.Message.Should().NotContain("hunter2");
    }

    [Fact]
    public async Task The_error_for_a_file_that_is_no_database_or_in_a_missing_folder_names_it()
    {
        var folder = Directory.CreateTempSubdirectory("settlement-sqlite-");
        try
        {
            var text = Path.Combine(folder.FullName, "text.db");
            await File.WriteAllTextAsync(text, "this is not a database, but as long as the header of one".PadRight(4096));
            await using var noDatabase = Services($"Data Source={text}");
            await noDatabase.GetRequiredService<SettlementEngine>().Invoking(e => e.Schema.ApplyAsync())
                .Should().ThrowAsync<DatabaseUnavailableException>().WithMessage("*text.db*can't be opened*");

            await using var noFolder = Services($"Data Source={Path.Combine(folder.FullName, "nowhere", "x.db")}");
            await noFolder.GetRequiredService<SettlementEngine>().Invoking(e => e.Schema.ApplyAsync())
                .Should().ThrowAsync<DatabaseUnavailableException>().WithMessage("*x.db*folder exists*");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Reads_do_not_wait_for_a_writer_that_holds_the_file()
    {
        await using var store = new SqliteUnderTest();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        await scenario.CloseAsync(Scenario.Monday);
        await using var writer = new SqliteConnection(store.ConnectionString);
        await writer.OpenAsync();
        await using var transaction = writer.BeginTransaction(deferred: false);

        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(5);
    }

    [Fact]
    public async Task A_write_on_a_reading_connection_is_an_error()
    {
        await using var store = new SqliteUnderTest();
        await using var scenario = await Scenario.StartAsync(store);
        using var reader = scenario.Services.GetRequiredService<SqliteDatabase>().OpenReader();
        using var write = reader.CreateCommand();
        write.CommandText = "DELETE FROM business_days";

        write.Invoking(w => w.ExecuteNonQuery()).Should().Throw<SqliteException>().WithMessage("*readonly*");
    }

    [Fact]
    public async Task A_file_that_stays_locked_is_a_transient_error_after_the_busy_timeout()
    {
        await using var store = new SqliteUnderTest();
        await using (await Scenario.StartAsync(store))
        {
        }

        await using var writer = new SqliteConnection(store.ConnectionString);
        await writer.OpenAsync();
        await using var transaction = writer.BeginTransaction(deferred: false);
        var options = new SqliteStoreOptions { ConnectionString = store.ConnectionString, BusyTimeout = TimeSpan.FromSeconds(1) };
        await using var services = new ServiceCollection()
            .AddSettlement(s => s.UseSqlite(options).Calendar("Asia/Seoul").Meter("video.view")).BuildServiceProvider();

        var load = () => services.GetRequiredService<SettlementEngine>().Events
            .LoadAsync(new[] { Scenario.Event(1, Scenario.Monday) }.ToAsyncEnumerable());

        (await load.Should().ThrowAsync<DatabaseBusyException>()).Which
            .Should().Match<DatabaseBusyException>(e => e.IsTransient && e.Message.Contains("1 s (BusyTimeout)"));
    }

    [Fact]
    public async Task An_event_stored_while_its_day_is_closing_is_posted_to_the_next_day()
    {
        await using var store = new SqliteUnderTest();
        await using var scenario = await Scenario.StartAsync(store, s =>
        {
            Scenario.UsualRates(s);
            s.Configure(o => o.ChunkRowsMax = 1);
        });
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(2, Scenario.Monday, 6));
        using var cancel = new CancellationTokenSource();
        await scenario.Engine.Days.Invoking(d => d.CloseThroughAsync(Scenario.Monday, new CancelOnFirstReport(cancel), cancel.Token))
            .Should().ThrowAsync<OperationCanceledException>();

        var report = await scenario.LoadAsync(Scenario.Event(3, Scenario.Monday, 100));
        await scenario.CloseAsync(Scenario.Monday.AddDays(1));

        report.Late.Should().Be(1);
        (await scenario.LinesAsync()).Select(l => (l.PostingDate, l.Quantity))
            .Should().Equal((Scenario.Monday, 11), (Scenario.Monday.AddDays(1), 100));
    }

    [Fact]
    public async Task Chunks_of_a_dead_process_are_released_and_its_run_is_interrupted_before_the_lease_expires()
    {
        await using var store = new SqliteUnderTest();
        await using var scenario = await Scenario.StartAsync(store);
        var runs = scenario.Services.GetRequiredService<IRunStore>();
        var history = scenario.Services.GetRequiredService<IRunHistory>();
        var lease = TimeSpan.FromSeconds(30);
        using var ended = System.Diagnostics.Process.Start("true");
        await ended.WaitForExitAsync();
        var dead = InstanceId.New().Replace($":{Environment.ProcessId}:", $":{ended.Id}:", StringComparison.Ordinal);
        var pipeline = new Pipeline("x", "k", "v", [new NoStep()]);
        var (id, _) = await runs.StartAsync(pipeline, dead, lease, default);
        await runs.AddStepAsync(id, 0, [new PlannedChunk("1")], default);
        await runs.ClaimAsync(id, 0, dead, [], lease, default);

        (await history.ListAsync(1, default))[0].State.Should().Be(RunState.Interrupted);
        await runs.StartAsync(pipeline, "b:1:y", lease, default);
        (await runs.ClaimAsync(id, 0, "b:1:y", [], lease, default)).Should().NotBeNull();
    }

    private static ServiceProvider Services(string connectionString) => new ServiceCollection()
        .AddSettlement(s => s.UseSqlite(connectionString).Calendar("Asia/Seoul")).BuildServiceProvider();

    private sealed class NoStep : PipelineStep
    {
        public override string Name => "none";

        public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private sealed class CancelOnFirstReport(CancellationTokenSource cancel) : IProgress<CloseProgress>
    {
        public void Report(CloseProgress value) => cancel.Cancel();
    }
}
