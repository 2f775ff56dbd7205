using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Settlements.TestServers;
using Settlements.Testing;

namespace Settlements.MySql.Tests;

/// <summary>Servers that can't be used: each error has a remedy, and no chunk is partially stored.</summary>
public sealed class BadServerTests(SharedServer shared)
{
    [Theory]
    [InlineData("Password=hunter2;User ID=nobody", "*Access denied*user's name and password*")]
    [InlineData("Server=no-such-host.invalid", "*server's name and port*")]
    [InlineData("Port=1", "*server's name and port*")]
    [InlineData("Database=nowhere", "*Unknown database 'nowhere'*CREATE DATABASE*")]
    public async Task An_unreachable_server_is_named_with_the_remedy_and_without_the_password(string difference, string message)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var services = Services($"{store.ConnectionString};Connection Timeout=5;{difference}");

        var apply = () => services.GetRequiredService<SettlementEngine>().Schema.ApplyAsync();

        (await apply.Should().ThrowAsync<MySqlStoreException>()).WithMessage(message).Which.ToString().Should().NotContain("hunter2");
    }

    [Theory]
    [InlineData("User ID=x;Database=y", "*names no server*")]
    [InlineData("Server=;Database=y", "*names no server*")]
    [InlineData("Server=x;User ID=y", "*names no database*")]
    [InlineData("Server=x;Sauce=y;Password=hunter2", "*can't be parsed*")]
    public void An_invalid_connection_string_is_a_validation_error_without_its_text(string connectionString, string message)
    {
        using var services = Services(connectionString);

        var fault = services.Invoking(s => s.GetRequiredService<IOptions<SettlementOptions>>().Value).Should()
            .Throw<OptionsValidationException>().Which;

        fault.Message.Should().Match(message);
        fault.Message.Should().NotContain("hunter2");
    }

    [Fact]
    public void Options_never_show_the_connection_string() =>
        $"{new MySqlStoreOptions { ConnectionString = "Server=x;Password=hunter2" }}".Should().NotContain("hunter2").And
            .Contain("RetriesMax = 5");

    [Fact]
    public async Task For_a_user_without_privileges_the_error_names_the_grant()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using (await Scenario.StartAsync(store))
        {
        }

        var reader = await UserAsync(store, "SELECT");
        await using var services = Services(reader);

        var load = () => services.GetRequiredService<SettlementEngine>().Events.LoadAsync(
            new[] { Scenario.Event(1, Scenario.Monday) }.ToAsyncEnumerable());

        (await load.Should().ThrowAsync<MySqlStoreException>()).WithMessage("*denied*GRANT SELECT, INSERT, UPDATE, DELETE*");
        (await store.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(0);
    }

    [Fact]
    public async Task A_read_only_server_is_reported_with_the_remedy()
    {
        await using var server = await MySqlServer.StartAsync();
        await using var store = new MySqlUnderTest(server);
        await using (await Scenario.StartAsync(store))
        {
        }

        var user = await UserAsync(store, "ALL");
        await server.ExecuteAsync("SET GLOBAL read_only = 1");
        await using var services = Services(user);

        var load = () => services.GetRequiredService<SettlementEngine>().Events.LoadAsync(
            new[] { Scenario.Event(1, Scenario.Monday) }.ToAsyncEnumerable());

        (await load.Should().ThrowAsync<MySqlStoreException>()).WithMessage("*read-only*Use the primary*");
    }

    [Fact]
    public async Task A_full_table_space_stops_the_load_and_leaves_only_complete_chunks()
    {
        await using var server = await MySqlServer.StartAsync(
            "--innodb-file-per-table=0", "--innodb-data-file-path=ibdata1:12M:autoextend:max:20M");
        await using var store = new MySqlUnderTest(server);
        await using var scenario = await Scenario.StartAsync(store);

        var load = () => scenario.LoadAsync(
            new Settlements.UsageLoadOptions { ChunkRows = 5_000 },
            [.. Enumerable.Range(1, 200_000).Select(i => Scenario.Event(i, Scenario.Monday))]);

        (await load.Should().ThrowAsync<MySqlStoreException>()).WithMessage("*full*free disk space*");
        var stored = await store.CountAsync("SELECT count(*) FROM usage_events");
        stored.Should().BeGreaterThan(0);
        (stored % 5_000).Should().Be(0);
    }

    [Fact]
    public async Task A_too_small_max_allowed_packet_is_refused_at_the_first_connection()
    {
        await using var server = await MySqlServer.StartAsync("--max-allowed-packet=512K");
        await using var store = new MySqlUnderTest(server);

        var start = () => Scenario.StartAsync(store);

        (await start.Should().ThrowAsync<MySqlStoreException>()).WithMessage("*max_allowed_packet is 524288*1048576*");
    }

    [Fact]
    public void All_settings_that_a_proxy_blocks_are_reported_at_once()
    {
        var errors = ServerCheck.Validate(new Dictionary<string, string>
        {
            ["sql_mode"] = "", ["time_zone"] = "SYSTEM", ["tx_isolation"] = "REPEATABLE-READ", ["log_bin"] = "ON",
            ["binlog_format"] = "STATEMENT",
        });

        errors.Should().HaveCount(4).And.Contain(f => f.Contains("binlog_format is STATEMENT")).And
            .Contain(f => f.Contains("time_zone is 'SYSTEM'"))
            .And.Contain(f => f.Contains("REPEATABLE-READ")).And.Contain(f => f.Contains("strict"));
    }

    [Fact]
    public async Task Without_local_infile_rows_are_loaded_by_inserts_and_this_is_logged_once()
    {
        await using var server = await MySqlServer.StartAsync("--local-infile=0");
        await using var store = new MySqlUnderTest(server);
        var lines = new LogLines();
        await using var scenario = await Scenario.StartAsync(store, services: s => s.AddSingleton<ILoggerFactory>(lines));

        await scenario.LoadAsync([.. Enumerable.Range(1, 3_000).Select(i => Scenario.Event(i, Scenario.Monday, 2, $"it's \\ {i % 3}\t"))]);
        var again = await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 2, "it's \\ 1\t"));
        await scenario.CloseAsync(Scenario.Monday);

        again.Duplicates.Should().Be(1);
        (await scenario.LinesAsync()).Select(l => (l.ItemId, l.Quantity))
            .Should().Equal(("it's \\ 0\t", 2000), ("it's \\ 1\t", 2000), ("it's \\ 2\t", 2000));
        lines.Lines.Where(l => l.Contains("local_infile", StringComparison.Ordinal)).Should().ContainSingle();
    }

    [Fact]
    public async Task Killed_connections_lose_and_duplicate_no_event()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        using var done = new CancellationTokenSource();
        var killer = Task.Run(() => KillWritersAsync(store.ConnectionString, done.Token));

        var report = await scenario.LoadAsync(
            new Settlements.UsageLoadOptions { ChunkRows = 2_000, Writers = 2 },
            [.. Enumerable.Range(1, 100_000).Select(i => Scenario.Event(i, Scenario.Monday))]);
        await scenario.CloseAsync(Scenario.Monday);
        await done.CancelAsync();

        (await killer).Should().BeGreaterThan(0);
        (report.Stored + report.Duplicates).Should().Be(100_000);
        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(100_000);
    }

    /// <summary>
    /// Kills at most five connections, the number of allowed retries, so that no chunk fails even if it is hit by all of them.
    /// </summary>
    private const int KillsMax = 5;

    private static async Task<int> KillWritersAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync(CancellationToken.None);
        var killed = 0;
        while (!cancellationToken.IsCancellationRequested && killed < KillsMax)
        {
            var ids = new List<long>();
            await using (var list = new MySqlCommand(
                "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> "
                    + "connection_id() AND command IN ('Query', 'Execute')", connection))
            await using (var reader = await list.ExecuteReaderAsync(CancellationToken.None))
            {
                while (await reader.ReadAsync(CancellationToken.None))
                    ids.Add(reader.GetInt64(0));
            }

            foreach (var id in ids.Take(1))
            {
                try
                {
                    await using var kill = new MySqlCommand($"KILL {id}", connection);
                    await kill.ExecuteNonQueryAsync(CancellationToken.None);
                    killed++;
                }
                catch (MySqlException)
                {
                    // The statement had already ended.
                }
            }

            await Task.Delay(killed == 0 ? 1 : 150, CancellationToken.None);
        }

        return killed;
    }

    private static async Task<string> UserAsync(MySqlUnderTest store, string rights)
    {
        var builder = new MySqlConnectionStringBuilder(store.ConnectionString);
        var user = $"u{builder.Database}";
        await store.Server.ExecuteAsync(
            $"CREATE USER '{user}'@'%' IDENTIFIED BY 'secret'; GRANT {rights} ON `{builder.Database}`.* TO '{user}'@'%'");
        (builder.UserID, builder.Password) = (user, "secret");
        return builder.ConnectionString;
    }

    private static ServiceProvider Services(string connectionString) => new ServiceCollection()
        .AddSettlement(s => s.UseMySql(connectionString).Calendar("Asia/Seoul").Meter("video.view")).BuildServiceProvider();
}
