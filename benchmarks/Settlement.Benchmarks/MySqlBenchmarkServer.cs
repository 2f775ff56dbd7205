using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using Settlement.TestServers;

namespace Settlement.Benchmarks;

/// <summary>A server of the benchmark's own, and what makes it fair before each piece of work.</summary>
internal sealed class MySqlBenchmarkServer(MySqlServer server, string connectionString) : IAsyncDisposable
{
    /// <summary>As much memory as its data needs, and durable: each commit is on the disk, and in the binary log.</summary>
    private static readonly string[] Options =
    [
        "--innodb-buffer-pool-size=8G", "--innodb-log-file-size=2G", "--innodb-flush-log-at-trx-commit=1", "--log-bin=binlog", "--binlog-format=ROW",
        "--server-id=1", "--max-allowed-packet=64M", "--tmp-table-size=1G", "--max-heap-table-size=1G", "--max-connections=300",
    ];

    private const long DirtyPagesMax = 100;
    private const long UnpurgedMax = 1_000;

    private static readonly TimeSpan SettlesWithin = TimeSpan.FromSeconds(30);

    public string ConnectionString => connectionString;

    public int ProcessId => server.ProcessId;

    public static async Task<MySqlBenchmarkServer> StartAsync()
    {
        var server = await MySqlServer.StartAsync(Options);
        try
        {
            var started = new MySqlBenchmarkServer(server, await server.CreateDatabaseAsync("bench"));
            await using var services = MySqlChild.Services(started.ConnectionString);
            await services.GetRequiredService<ISchema>().ApplyAsync();
            return started;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task<string> DescribeAsync() => $"""
        Server: {await ScalarAsync<string>("SELECT version()")}, {string.Join(' ', Options)}
        Before each piece: tables emptied, binary logs purged (RESET MASTER), dirty pages written out and old versions purged, {SettlesWithin.TotalSeconds:0} s at most.
        """;

    /// <summary>No tables at all: for a host that makes its own beside ours.</summary>
    public async Task RecreateAsync()
    {
        await ExecuteAsync("DROP DATABASE bench");
        await server.ExecuteAsync("CREATE DATABASE bench CHARACTER SET utf8mb4");
    }

    /// <summary>No events, no days.</summary>
    public async Task EmptyAsync()
    {
        await ForgetClosesAsync();
        await ExecuteAsync("TRUNCATE TABLE billable_events");
    }

    /// <summary>The events as they are, and every day open.</summary>
    public async Task ForgetClosesAsync()
    {
        foreach (var table in (string[])[
            "late_events", "business_days", "partial_totals", "daily_totals", "late_totals", "priced_lines", "item_counters", "rankings", "rate_versions",
            "pipeline_runs", "pipeline_steps", "pipeline_chunks", "load_chunks"])
            await ExecuteAsync($"TRUNCATE TABLE {table}");
    }

    /// <summary>Waits until the server has nothing left to do for the piece before.</summary>
    public async Task SettleAsync()
    {
        await ExecuteAsync("RESET MASTER");
        var usual = await ScalarAsync<double>("SELECT @@innodb_max_dirty_pages_pct");
        await ExecuteAsync("SET GLOBAL innodb_max_dirty_pages_pct = 0");
        var waited = Stopwatch.StartNew();
        while (await StatusAsync("Innodb_buffer_pool_pages_dirty") > DirtyPagesMax || await StatusAsync("Innodb_history_list_length") > UnpurgedMax)
        {
            if (waited.Elapsed > SettlesWithin)
            {
                Console.WriteLine($"  (the server is still busy after {SettlesWithin.TotalSeconds:0} s; going on)");
                break;
            }

            await Task.Delay(100);
        }

        await ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"SET GLOBAL innodb_max_dirty_pages_pct = {usual}"));
    }

    /// <summary>LOAD DATA LOCAL of a ready file by the server's own client.</summary>
    public async Task<Measured> LoadByClientAsync(string tsv)
    {
        var place = new MySqlConnectionStringBuilder(connectionString);
        string[] arguments =
        [
            "--no-defaults", "--protocol=tcp", $"--host={place.Server}", $"--port={place.Port}", $"--user={place.UserID}", "--local-infile=1", $"--database={place.Database}",
            $"--execute=LOAD DATA LOCAL INFILE '{tsv}' INTO TABLE billable_events CHARACTER SET binary FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' "
                + "LINES TERMINATED BY '\\n' (occurred_at, event_id, meter, item_id, payee_id, quantity)",
        ];
        var watch = Stopwatch.StartNew();
        using var client = Process.Start(new ProcessStartInfo("mariadb", arguments))!;
        await client.WaitForExitAsync();
        watch.Stop();
        if (client.ExitCode != 0)
            throw new InvalidOperationException($"The client ended with {client.ExitCode}.");
        return new Measured(watch.Elapsed.TotalSeconds, double.NaN, await CountAsync("billable_events"), []);
    }

    public Task<long> CountAsync(string table) => ScalarAsync<long>($"SELECT count(*) FROM {table}");

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private Task<long> StatusAsync(string name) =>
        ScalarAsync<long>($"SELECT CAST(variable_value AS SIGNED) FROM information_schema.global_status WHERE variable_name = '{name}'");

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new MySqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new MySqlCommand(sql, connection) { CommandTimeout = 0 };
        return (T)Convert.ChangeType((await command.ExecuteScalarAsync())!, typeof(T), CultureInfo.InvariantCulture);
    }

    private async Task<MySqlConnection> OpenAsync()
    {
        var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }
}
