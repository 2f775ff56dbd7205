using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using MySqlConnector;
using Settlements.TestServers;

namespace Settlements.Benchmarks;

/// <summary>
/// The peer of a close of files: a MariaDB server with the rows of the file in a table, whose totals one statement inserts into another
/// table.
/// </summary>
internal sealed class FilesServer : IAsyncDisposable
{
    /// <summary>
    /// All rows are in memory, groups too, and commits are durable. Without a binary log, which would cost the peer time.
    /// </summary>
    public static readonly string[] Options =
    [
        "--innodb-buffer-pool-size=8G", "--innodb-log-file-size=2G", "--innodb-flush-log-at-trx-commit=1", "--tmp-table-size=1G",
        "--max-heap-table-size=1G",
    ];

    private readonly MySqlServer _server;
    private readonly MySqlConnection _connection;

    private FilesServer(MySqlServer server, MySqlConnection connection) => (_server, _connection) = (server, connection);

    /// <summary>Starts the server and loads the rows of the file.</summary>
    /// <param name="file">The Parquet file.</param>
    /// <param name="hasTextIds">Whether the item is text.</param>
    /// <param name="collation">The collation of texts; ascii_bin groups faster than those of utf8mb4.</param>
    public static async Task<FilesServer> StartAsync(string file, bool hasTextIds, string collation)
    {
        var server = await MySqlServer.StartAsync(Options);
        var connection = new MySqlConnection($"{await server.CreateDatabaseAsync("bench")};Pooling=False");
        var started = new FilesServer(server, connection);
        try
        {
            await connection.OpenAsync();
            await started.LoadAsync(file, hasTextIds, collation);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Empties the totals and inserts them again; only the latter is measured.</summary>
    public async Task<FilesRun> MeasureAsync()
    {
        await ExecuteAsync("TRUNCATE TABLE totals");
        var processor = CloseRevision.ProcessorSeconds(_server.ProcessId);
        var watch = Stopwatch.StartNew();
        await ExecuteAsync("""
            INSERT INTO totals
            SELECT 'video.seconds', video_id, owner_id, sum(watched), count(*) FROM plays
            WHERE started_at >= '2024-06-30 15:00:00' AND started_at < '2024-07-01 15:00:00' GROUP BY video_id, owner_id
            """);
        watch.Stop();
        processor = CloseRevision.ProcessorSeconds(_server.ProcessId) - processor;
        await using var command = new MySqlCommand("SELECT count(*), sum(quantity) FROM totals", _connection);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new FilesRun(
            watch.Elapsed.TotalSeconds, processor, ChildProcess.PeakMiB(_server.ProcessId), reader.GetInt64(0), (long)reader.GetDecimal(1),
            []);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task LoadAsync(string file, bool hasTextIds, string collation)
    {
        var rows = Path.ChangeExtension(file, ".csv");
        using (var files = new DuckDBConnection("Data Source=:memory:"))
        {
            files.Open();
            using var copy = files.CreateCommand();
            copy.CommandText = $"COPY (SELECT * FROM read_parquet('{file}')) TO '{rows}' (FORMAT csv, HEADER false)";
            copy.ExecuteNonQuery();
        }

        var watch = Stopwatch.StartNew();
        var text = $"VARCHAR(64) COLLATE {collation}";
        await ExecuteAsync(Tables(hasTextIds ? text : "BIGINT", text));
        await ExecuteAsync($"""
            LOAD DATA INFILE '{rows}' INTO TABLE plays CHARACTER SET ascii FIELDS TERMINATED BY ','
            (started_at, video_id, owner_id, watched)
            """);
        File.Delete(rows);
        await ExecuteAsync("ANALYZE TABLE plays");

        // Otherwise the statement would lock every row that it reads.
        await ExecuteAsync("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
        await using var command = new MySqlCommand("SELECT version()", _connection);
        var version = await command.ExecuteScalarAsync();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{version}, {string.Join(' ', Options)}, READ COMMITTED, {collation}; loaded in {watch.Elapsed.TotalSeconds:F0} s"));
    }

    /// <summary>Rows in the order of their insertion, and an index by which a day is found.</summary>
    private static string Tables(string item, string text) => $"""
        CREATE TABLE plays (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, started_at DATETIME(6) NOT NULL, video_id {item} NOT NULL,
            owner_id {text} NOT NULL, watched INT NOT NULL, KEY plays_at (started_at)) ENGINE = InnoDB;
        CREATE TABLE totals (meter {text} NOT NULL, video_id {item} NOT NULL, owner_id {text} NOT NULL, quantity BIGINT NOT NULL,
            events BIGINT NOT NULL, PRIMARY KEY (meter, video_id, owner_id)) ENGINE = InnoDB
        """;

    private async Task ExecuteAsync(string sql)
    {
        await using var command = new MySqlCommand(sql, _connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
