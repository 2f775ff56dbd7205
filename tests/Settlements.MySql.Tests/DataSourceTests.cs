using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Settlements.Testing;

namespace Settlements.MySql.Tests;

/// <summary>The store with the application's data source.</summary>
public sealed class DataSourceTests(SharedServer shared)
{
    [Fact]
    public async Task A_rotated_password_is_used_by_every_new_connection()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        var settings = new MySqlConnectionStringBuilder(store.ConnectionString);
        var user = $"r_{settings.Database}";
        await shared.Server.ExecuteAsync(
            $"CREATE USER '{user}'@'%' IDENTIFIED BY 'first'; GRANT ALL ON {settings.Database}.* TO '{user}'@'%'");
        try
        {
            var password = "first";
            await using var source = new MySqlDataSourceBuilder(
                new MySqlConnectionStringBuilder(store.ConnectionString) { UserID = user, Password = "" }.ConnectionString)
                .UsePeriodicPasswordProvider(
                    (_, _) => new ValueTask<string>(Volatile.Read(ref password)), TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1))
                .Build();
            await using var scenario = await Scenario.StartAsync(store, use: s => s.UseMySql(source));
            await store.ExecuteAsync("CREATE TABLE plays (play_id INT PRIMARY KEY)");
            await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
            await scenario.CloseAsync(Scenario.Monday);

            Volatile.Write(ref password, "second");
            await shared.Server.ExecuteAsync($"ALTER USER '{user}'@'%' IDENTIFIED BY 'second'");
            await WaitForAsync(() => source.CreateConnection().ProvidePasswordCallback!(null!) == "second");
            // So that each connection from now on is new.
            foreach (var id in await store.ReadAsync($"SELECT id FROM information_schema.processlist WHERE user = '{user}'"))
                await shared.Server.ExecuteAsync($"KILL {id}");

            var loader = scenario.Services.GetRequiredService<TableLoader>();
            await loader.LoadAsync(
                Enumerable.Range(1, 300).ToAsyncEnumerable(), new TableMap<int>("plays").Column("play_id", id => id),
                new TableLoadOptions { Key = "k" });
            await scenario.LoadAsync([.. Enumerable.Range(2, 300).Select(i => Scenario.Event(i, Scenario.Monday.AddDays(1)))]);
            await scenario.CloseAsync(Scenario.Monday.AddDays(1));
            (await scenario.Engine.Schema.ApplyAsync()).Should().BeEmpty();

            (await scenario.LineAsync(Scenario.Monday.AddDays(1))).Quantity.Should().Be(300);
            (await store.CountAsync("SELECT count(*) FROM plays")).Should().Be(300);
        }
        finally
        {
            await shared.Server.ExecuteAsync($"DROP USER '{user}'@'%'");
        }
    }

    /// <summary>Settings with which the store would lose or misread data if it used the application's connections.</summary>
    [Theory]
    [InlineData("AllowLoadLocalInfile=False;AllowUserVariables=False;UseAffectedRows=True;"
        + "GuidFormat=Binary16;DateTimeKind=Local;TreatTinyAsBoolean=True")]
    [InlineData("OldGuids=True;ConnectionReset=False;ConvertZeroDateTime=True;"
        + "IgnoreCommandTransaction=True;DefaultCommandTimeout=1;NoBackslashEscapes=True")]
    public async Task Settings_of_the_applications_data_source_do_not_affect_results_and_are_not_changed(string settings)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var source = new MySqlDataSource($"{store.ConnectionString};{settings}");
        var log = new LogLines();
        await using (var scenario = await Scenario.StartAsync(
            store, services: s => s.AddSingleton<Microsoft.Extensions.Logging.ILoggerFactory>(log).AddSingleton(source),
            use: s => s.UseMySql((services, options) => options with { DataSource = services.GetRequiredService<MySqlDataSource>() })))
        {
            await scenario.LoadAsync([.. Enumerable.Range(1, 300).Select(i => Scenario.Event(i, Scenario.Monday))]);
            await scenario.CloseAsync(Scenario.Monday);

            (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(300);
            log.Lines.Should().NotContain(line => line.Contains("LOAD DATA", StringComparison.Ordinal), "LOAD DATA is used anyway");
            await using var connection = await source.OpenConnectionAsync();
            (await connection.ExecuteScalarAsync<string>("SELECT @@time_zone = '+00:00' OR @@sql_mode LIKE '%NO_AUTO_VALUE_ON_ZERO%'"))
                .Should().Be("0", "those settings are the store's only");
        }

        await using var after = await source.OpenConnectionAsync();
        (await after.ExecuteScalarAsync<long>("SELECT 1")).Should().Be(1, "the application's data source is not disposed");
    }

    [Fact]
    public async Task Without_a_database_in_the_data_source_or_the_options_the_options_are_refused()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        var settings = new MySqlConnectionStringBuilder(store.ConnectionString);
        await using var source = new MySqlDataSource(
            new MySqlConnectionStringBuilder(store.ConnectionString) { Database = "" }.ConnectionString);
        await using (var refused = Services(s => s.UseMySql(source)))
            refused.Invoking(p => p.Engine()).Should().Throw<OptionsValidationException>()
                .WithMessage("*names no database*MySqlStoreOptions.Database*");

        await using var scenario = await Scenario.StartAsync(store, use: s =>
            s.UseMySql(new MySqlStoreOptions { DataSource = source, Database = settings.Database }));
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(5);
    }

    [Fact]
    public async Task Validation_errors_of_options_from_services_are_reported_with_all_others()
    {
        await using var router = new MySqlMultiHostDataSource(
            new MySqlMultiHostOptions { ConnectionString = "Server=127.0.0.1;User ID=a;Database=d" });
        await using var services = Services(s =>
            s.UseMySql((_, options) => options with { DataSource = router.Replicas, RetriesMax = 1_000 }).Meter(""));

        services.Invoking(p => p.Engine()).Should().Throw<OptionsValidationException>()
            .WithMessage("*RetriesMax is 1000*").WithMessage("*MySqlMultiHostDataSource itself*").WithMessage("*meter*");

        await using var both = Services(s =>
            s.UseMySql(new MySqlStoreOptions { ConnectionString = "Server=127.0.0.1;Database=d", DataSource = router }));
        both.Invoking(p => p.Engine()).Should().Throw<OptionsValidationException>().WithMessage("*Both ConnectionString and DataSource*");
    }

    private static async Task WaitForAsync(Func<bool> isReached)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!isReached())
            await Task.Delay(20, limit.Token);
    }

    private static ServiceProvider Services(Action<SettlementBuilder> use) => new ServiceCollection()
        .AddSettlement(s =>
        {
            use(s);
            s.Calendar("Asia/Seoul");
        }).BuildServiceProvider();
}
