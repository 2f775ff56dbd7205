using System.Data;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Settlements.Testing;

namespace Settlements.MySql.Tests;

/// <summary>Writes events in transactions of the application's database, with a separate database for the store.</summary>
public sealed class OwnDatabaseTransactionTests(SharedServer shared) : EventTransactionContract
{
    protected override StoreUnderTest NewStore() => new OwnDatabaseUnderTest(shared.Server);
}

/// <summary>Reads sources from tables of the application's database.</summary>
public sealed class OwnDatabaseSourceTests(SharedServer shared) : ApplicationTableContract
{
    protected override StoreUnderTest NewStore() => new OwnDatabaseUnderTest(shared.Server);

    protected override string CreateTable => ApplicationTables.VideoPlay;
}

/// <summary>Reconciles published days with sources in the application's database.</summary>
public sealed class OwnDatabaseReconciliationTests(SharedServer shared) : ReconciliationContract
{
    protected override StoreUnderTest NewStore() => new OwnDatabaseUnderTest(shared.Server);

    protected override string CreateTable => ApplicationTables.VideoPlay;
}

/// <summary>A separate database for the store.</summary>
public sealed class OwnDatabaseTests(SharedServer shared)
{
    private const string Names = "SELECT table_name FROM information_schema.tables WHERE table_schema = database() ORDER BY table_name";

    [Fact]
    public async Task A_missing_database_is_created_with_the_schema_and_the_applications_database_is_unchanged()
    {
        await using var store = new OwnDatabaseUnderTest(shared.Server);
        await using (var refused = Services(store.Options with { Database = null }))
            await refused.Engine().Schema.Invoking(s => s.ApplyAsync()).Should().ThrowAsync<SchemaException>()
                .WithMessage("*business_days*MySqlStoreOptions.Database*");
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(2, Scenario.Monday, 7));
        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(12);
        (await store.Application.ReadAsync(Names)).Should().Equal("business_days");
        (await scenario.Engine.Schema.ApplyAsync()).Should().BeEmpty("it is there");
    }

    [Fact]
    public async Task Late_events_reasons_and_separate_ids_are_written_from_the_applications_database()
    {
        await using var store = new OwnDatabaseUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.Services.GetRequiredService<EventPartitions>().AddAsync(new DateRange(Scenario.Monday, Scenario.Monday.AddDays(1)));
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        await scenario.CloseAsync(Scenario.Monday);
        await using var connection = await store.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);

        var outcomes = await scenario.Engine.Writer.WriteAsync(
            transaction, [Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(2, Scenario.Monday, -2) with { Reason = "refund" }],
            default);
        await transaction.CommitAsync();

        outcomes.Should().Equal(EventOutcome.Duplicate, EventOutcome.Late);
        (await store.CountAsync("SELECT count(*) FROM late_events")).Should().Be(1);
        (await store.CountAsync("SELECT count(*) FROM event_notes")).Should().Be(1);
        (await store.CountAsync("SELECT count(*) FROM event_ids")).Should().Be(2);
        await scenario.CloseAsync(Scenario.Monday.AddDays(1));
        (await scenario.LineAsync(Scenario.Monday.AddDays(1))).Quantity.Should().Be(-2);
    }

    [Fact]
    public async Task Unqualified_tables_are_loaded_in_the_applications_database()
    {
        await using var store = new OwnDatabaseUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await store.ExecuteAsync("""
            CREATE TABLE plays (play_id INT NOT NULL PRIMARY KEY, note VARCHAR(9), KEY by_note (note))
            PARTITION BY RANGE (play_id) (PARTITION p1 VALUES LESS THAN (100), PARTITION p2 VALUES LESS THAN (200))
            """);
        var loader = scenario.Services.GetRequiredService<TableLoader>();
        var map = new TableMap<int>("plays").Column("play_id", id => id).Column("note", _ => "new");

        await loader.LoadAsync(new[] { 1, 2 }.ToAsyncEnumerable(), map, new TableLoadOptions { Key = "a" });
        await loader.LoadAsync(new[] { 150 }.ToAsyncEnumerable(), map, new TableLoadOptions { Key = "b", Partition = "p2" });

        (await store.CountAsync("SELECT count(*) FROM plays")).Should().Be(3);
        (await store.CountAsync("SELECT count(*) FROM load_chunks WHERE first_row > 0")).Should()
            .Be(2, "checkpoints are in the store's database");
        (await store.Application.ReadAsync(Names)).Should().Equal("business_days", "plays");
    }

    [Fact]
    public async Task Two_stores_on_one_server_share_no_lock()
    {
        await using var one = new OwnDatabaseUnderTest(shared.Server);
        await using var two = new OwnDatabaseUnderTest(shared.Server);
        await using var first = await Scenario.StartAsync(one);
        await using var holder = await one.OpenAsync();
        await holder.ExecuteAsync($"DO get_lock(md5(concat('settlement_schema', '{one.Name}')), 0)");
        await using var transaction = await holder.BeginTransactionAsync(IsolationLevel.ReadCommitted);
        await first.Engine.Writer.WriteAsync(transaction, [Scenario.Event(1, Scenario.Monday, 5)], default);
        await one.ExecuteAsync("CREATE TABLE plays (play_id INT PRIMARY KEY)");
        await two.Application.ExecuteAsync("CREATE TABLE plays (play_id INT PRIMARY KEY)");
        var map = new TableMap<int>("plays").Column("play_id", id => id);
        var (isLoading, mayEnd) = (new TaskCompletionSource(), new TaskCompletionSource());
        var load = first.Services.GetRequiredService<TableLoader>().LoadAsync(Rows(), map, new TableLoadOptions { Key = "same" });
        await isLoading.Task;

        // Schema, close and load of the other store, while the first store's locks are held.
        await using var second = await Scenario.StartAsync(two);
        await second.LoadAsync(Scenario.Event(1, Scenario.Monday, 7));
        await second.CloseAsync(Scenario.Monday);
        await second.Services.GetRequiredService<TableLoader>().LoadAsync(
            new[] { 1 }.ToAsyncEnumerable(), map, new TableLoadOptions { Key = "same" });

        mayEnd.SetResult();
        await load;
        await transaction.CommitAsync();
        await first.CloseAsync(Scenario.Monday);
        (await first.LineAsync(Scenario.Monday)).Quantity.Should().Be(5);
        (await second.LineAsync(Scenario.Monday)).Quantity.Should().Be(7);

        async IAsyncEnumerable<int> Rows()
        {
            yield return 1;
            isLoading.SetResult();
            await mayEnd.Task;
            yield return 2;
        }
    }

    [Fact]
    public async Task For_a_user_without_privileges_the_error_names_the_grant()
    {
        await using var store = new OwnDatabaseUnderTest(shared.Server);
        var user = $"u_{store.Name}";
        await shared.Server.ExecuteAsync(
            $"CREATE USER '{user}'@'%' IDENTIFIED BY 'p'; GRANT ALL ON {store.ApplicationName}.* TO '{user}'@'%'");
        try
        {
            var asUser = new MySqlConnectionStringBuilder(
                store.Options.ConnectionString)
            { UserID = user, Password = "p" }.ConnectionString;
            await using (var services = Services(store.Options with { ConnectionString = asUser }))
            {
                await services.Engine().Schema.Invoking(s => s.ApplyAsync()).Should().ThrowAsync<MySqlStoreException>()
                    .WithMessage($"*CREATE DATABASE `{store.Name}`; GRANT *");
            }

            await using var scenario = await Scenario.StartAsync(store);
            await using var connection = new MySqlConnection(asUser);
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);
            await scenario.Engine.Writer.Invoking(w => w.WriteAsync(transaction, [Scenario.Event(1, Scenario.Monday)], default))
                .Should().ThrowAsync<MySqlStoreException>().WithMessage($"*GRANT SELECT, INSERT, UPDATE ON `{store.Name}`.**");

            await shared.Server.ExecuteAsync($"GRANT SELECT, INSERT, UPDATE ON {store.Name}.* TO '{user}'@'%'");
            (await scenario.Engine.Writer.WriteAsync(transaction, [Scenario.Event(1, Scenario.Monday)], default))
                .Should().Equal(EventOutcome.Stored);
            await transaction.CommitAsync();
        }
        finally
        {
            await shared.Server.ExecuteAsync($"DROP USER '{user}'@'%'");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    public async Task An_invalid_database_name_is_refused(string name)
    {
        await using var services = Services(new MySqlStoreOptions { ConnectionString = "Server=127.0.0.1;User ID=root", Database = name });

        services.Invoking(s => s.GetRequiredService<SettlementEngine>()).Should().Throw<OptionsValidationException>()
            .WithMessage($"*Database is '{name}'*");
    }

    [Theory]
    [InlineData("shop.v2", "settlement", false)]
    [InlineData("shop.v2", null, true)]
    [InlineData("shop", "settlement", true)]
    public async Task A_dot_in_the_applications_database_name_is_refused_with_a_separate_database(
        string beside, string? own, bool isAccepted)
    {
        var connectionString = $"Server=127.0.0.1;User ID=root;Database={beside}";
        await using var source = new MySqlDataSource(connectionString);
        foreach (var options in new MySqlStoreOptions[] { new() { ConnectionString = connectionString }, new() { DataSource = source } })
        {
            await using var services = Services(options with { Database = own });
            var start = services.Invoking(s => s.GetRequiredService<SettlementEngine>());

            if (isAccepted)
                start.Should().NotThrow();
            else
                start.Should().Throw<OptionsValidationException>()
                    .WithMessage($"*database is '{beside}'*separate database*name without a dot*omit MySqlStoreOptions.Database*");
        }
    }

    private static ServiceProvider Services(MySqlStoreOptions options) => new ServiceCollection()
        .AddSettlement(s => s.UseMySql(options).Calendar("Asia/Seoul")).BuildServiceProvider();
}

internal static class ServicesExtensions
{
    public static SettlementEngine Engine(this IServiceProvider services) => services.GetRequiredService<SettlementEngine>();
}
