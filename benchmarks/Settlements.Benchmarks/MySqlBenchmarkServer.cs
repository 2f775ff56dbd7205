using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Settlements.TestServers;

namespace Settlements.Benchmarks;

/// <summary>The server of a benchmark, with methods that bring it into the same state before each measurement.</summary>
internal sealed class MySqlBenchmarkServer : IAsyncDisposable
{
    /// <summary>Enough memory for the data; each commit is flushed to disk and to the binary log.</summary>
    private static readonly string[] Options =
    [
        "--innodb-buffer-pool-size=8G", "--innodb-log-file-size=2G", "--innodb-flush-log-at-trx-commit=1", "--log-bin=binlog",
        "--binlog-format=ROW", "--server-id=1", "--max-allowed-packet=64M", "--tmp-table-size=1G", "--max-heap-table-size=1G",
        "--max-connections=300",
    ];

    private const long DirtyPagesMax = 100;
    private const long UnpurgedMax = 1_000;
    private const int SettlingPagesPerSecond = 20_000;

    private static readonly TimeSpan QuiesceTimeout = TimeSpan.FromSeconds(30);

    private readonly MySqlServer _server;

    private MySqlBenchmarkServer(MySqlServer server, string connectionString) =>
        (_server, Database) = (server, new MySqlBenchmarkDatabase(connectionString));

    /// <summary>The database with the tables of this program's revision.</summary>
    public MySqlBenchmarkDatabase Database { get; }

    public string ConnectionString => Database.ConnectionString;

    public int ProcessId => _server.ProcessId;

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
        Server: {await Database.ScalarAsync<string>("SELECT version()")}, {string.Join(' ', Options)}
        Before each piece: its tables emptied, binary logs purged (RESET MASTER), dirty pages written out and old versions purged;
        waits {QuiesceTimeout.TotalSeconds:0} s at most.
        """;

    /// <summary>Creates another database without tables.</summary>
    public async Task<MySqlBenchmarkDatabase> AddDatabaseAsync(string name) => new(await _server.CreateDatabaseAsync(name));

    /// <summary>Creates a database without tables, for an application that creates its tables and the library's.</summary>
    public async Task RecreateAsync()
    {
        await Database.ExecuteAsync("DROP DATABASE bench");
        await _server.ExecuteAsync("CREATE DATABASE bench CHARACTER SET utf8mb4");
    }

    /// <summary>Waits until the server has finished the background work of the previous measurement.</summary>
    public async Task SettleAsync()
    {
        await Database.ExecuteAsync("RESET MASTER");
        var usual = await Database.ScalarAsync<double>("SELECT @@innodb_max_dirty_pages_pct");

        // At the default innodb_io_capacity of 200 pages per second, flushing the pages of a load would take minutes.
        var usualPages = await Database.ScalarAsync<long>("SELECT @@innodb_io_capacity");
        var usualPagesMax = await Database.ScalarAsync<long>("SELECT @@innodb_io_capacity_max");
        await Database.ExecuteAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"SET GLOBAL innodb_io_capacity_max = {SettlingPagesPerSecond}; SET GLOBAL innodb_io_capacity = {SettlingPagesPerSecond}"));
        await Database.ExecuteAsync("SET GLOBAL innodb_max_dirty_pages_pct = 0");
        var waited = Stopwatch.StartNew();
        while (await Database.StatusAsync("Innodb_buffer_pool_pages_dirty") > DirtyPagesMax
            || await Database.StatusAsync("Innodb_history_list_length") > UnpurgedMax)
        {
            if (waited.Elapsed > QuiesceTimeout)
            {
                var (dirty, unpurged) = (
                    await Database.StatusAsync("Innodb_buffer_pool_pages_dirty"), await Database.StatusAsync("Innodb_history_list_length"));
                Console.WriteLine(
                    $"  (still {dirty} dirty pages and {unpurged} old versions after {QuiesceTimeout.TotalSeconds:0} s; continuing)");
                break;
            }

            await Task.Delay(100);
        }

        await Database.ExecuteAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"SET GLOBAL innodb_max_dirty_pages_pct = {usual}; SET GLOBAL innodb_io_capacity = {usualPages}; "
                + $"SET GLOBAL innodb_io_capacity_max = {usualPagesMax}"));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
