using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DuckDB.NET.Data;
using MySqlConnector;
using Settlements.Sqlite.Tests;
using Settlements.TestServers;
using Settlements.Testing;

namespace Settlements.ClickHouse.Tests;

/// <summary>
/// The usage of one business day, the same on every engine: files that DuckDB writes, and tables into which they are loaded. Ids differ
/// only in case, or are not ASCII; payees of an item change; quantities may be negative; the first and the last microsecond of the day have
/// events. Written without random numbers and hashes, which differ between versions.
/// </summary>
public sealed class GeneratedUsage : IAsyncLifetime
{
    /// <summary>With <c>SETTLEMENT_TESTS=long</c>, as many as the documentation names.</summary>
    public static readonly int Rows = TestSettings.IsLong ? 5_000_000 : 20_000;

    private const int RowsPerItem = 50;

    private const int ItemsPerPayee = 5;

    private const string Database = "every_engine";

    private const string SpiderDatabase = "every_engine_spider";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("settlement-usage-");
    private readonly Lazy<Task<ClosedLines>> _reference;
    private readonly Lazy<Task<string>> _table;
    private MySqlServer? _server;
    private SpiderCluster? _spider;

    public GeneratedUsage()
    {
        _reference = new(async () =>
        {
            await using var store = new SqliteUnderTest();
            return await CloseOwnTableAsync("own table, SQLite", store);
        });
        _table = new(async () =>
        {
            var connectionString = await Server.CreateDatabaseAsync(Database);
            await LoadAsync(connectionString, MySqlTable(""));
            return connectionString;
        });
    }

    public string Parquet => PathOf("usage.parquet");

    /// <summary>The columns of the table <c>usage_rows</c>, with instants as microseconds.</summary>
    public string MicrosecondsCsv => PathOf("microseconds.csv");

    /// <summary>Skips the test where no server can be started.</summary>
    internal MySqlServer Server
    {
        get
        {
            Assert.SkipUnless(_server is not null, "There is no MariaDB or MySQL server: ./build.sh tools installs one on Debian.");
            return _server;
        }
    }

    /// <summary>The lines of the library's own table on SQLite, with which those of every engine are compared.</summary>
    internal Task<ClosedLines> ReferenceAsync() => _reference.Value;

    /// <summary>Returns the connection string of a database on the server with the table.</summary>
    internal Task<string> MySqlTableAsync() => _table.Value;

    /// <summary>
    /// Returns the connection string of a head of Spider, whose table has the rows on two servers, those of even hours on one.
    /// </summary>
    internal async Task<string> SpiderTableAsync()
    {
        _spider ??= await SpiderCluster.StartAsync(Server);
        Assert.SkipUnless(
            _spider is not null, $"{SpiderCluster.Plugin} is not installed: on Debian, apt-get install mariadb-plugin-spider.");
        var (head, _) = await _spider.CreateTableAsync(SpiderDatabase, "usage_rows", "hour(occurred_at)", MySqlTable);
        await LoadAsync(head);
        return head;
    }

    /// <summary>Loads the events into the library's own table of a store, and closes the day.</summary>
    internal async Task<ClosedLines> CloseOwnTableAsync(string name, StoreUnderTest store)
    {
        await using var scenario = await Scenario.StartAsync(store, Rates);
        await using var events = File.OpenRead(PathOf("events.csv"));
        var watch = Stopwatch.StartNew();
        (await scenario.Engine.Events.LoadCsvAsync(events)).Stored.Should().Be(Rows);
        ClosedLines.WriteSeconds($"{name}: loaded", watch);
        return await ClosedLines.CloseAsync(name, scenario);
    }

    /// <summary>Returns the number of events, of distinct lines, and the sum of the quantities of the file.</summary>
    internal IReadOnlyList<long> Count() =>
    [
        Query($"SELECT count(*) FROM read_parquet('{Parquet}')"),
        Query($"SELECT count(*) FROM (SELECT DISTINCT kind, item, payee FROM read_parquet('{Parquet}'))"),
        Query($"SELECT CAST(sum(quantity) AS BIGINT) FROM read_parquet('{Parquet}')"),
    ];

    public static void Rates(SettlementBuilder settlement)
    {
        ArgumentNullException.ThrowIfNull(settlement);

        // Two slices of a day where the engine cuts by rows.
        settlement.StartsOn(Scenario.Monday).Configure(o => o.ChunkRowsMax = Rows / 2 + 1).Meter("usage:second")
            .Rates("usage:view", r => r.Graduated(
                "2024-01", new DateOnly(2024, 1, 1), Currency.KRW, [(99_999, 1m), (499_999, 1.1m), (999_999, 1.3m), (null, 1.5m)]))
            .Rates("usage:ad", r => r.Graduated(
                "2024-01", new DateOnly(2024, 1, 1), Currency.KRW, [(99_999, 10m), (499_999, 12.05m), (null, 20m)]));
    }

    public async ValueTask InitializeAsync()
    {
        Write(Parquet, "occurred_at, kind, item, payee, quantity", "FORMAT parquet");
        Write(PathOf("rows.csv"), "id, occurred_at, kind, item, payee, quantity", "FORMAT csv, HEADER false");
        Write(MicrosecondsCsv, "id, epoch_us(occurred_at), kind, item, payee, quantity", "FORMAT csv, HEADER false");
        Write(PathOf("events.csv"), """
            '00000000-0000-0000-0000-' || lpad(CAST(id + 1 AS VARCHAR), 12, '0') AS event_id,
            strftime(occurred_at, '%Y-%m-%dT%H:%M:%S.%fZ') AS occurred_at, 'usage:' || kind AS meter,
            item AS item_id, payee AS payee_id, quantity
            """, "FORMAT csv, HEADER");
        if (MySqlServer.IsPossible || Environment.GetEnvironmentVariable(MySqlServer.NamedBy) is { Length: > 0 })
        {
            _server = await MySqlServer.NamedOrStartAsync(
                "--log-bin=binlog", "--binlog-format=ROW", "--server-id=1", "--innodb-flush-log-at-trx-commit=2");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_spider is not null)
        {
            await _spider.DropAsync(SpiderDatabase);
            await _spider.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DropDatabaseAsync(Database);
            await _server.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    /// <summary>Item 0 has a tenth of the rows, and reaches the last tier.</summary>
    private static string Usage()
    {
        var items = Rows / RowsPerItem;
        return string.Create(CultureInfo.InvariantCulture, $"""
            SELECT i AS id,
                TIMESTAMP '2024-06-30 15:00:00' + to_microseconds(CAST(i AS BIGINT) * 86399999999 // {Rows - 1}) AS occurred_at,
                CASE WHEN i % 7 < 4 THEN 'view' WHEN i % 7 < 6 THEN 'second' ELSE 'ad' END AS kind,
                CASE n % 3 WHEN 0 THEN 'video-' WHEN 1 THEN 'Video-' ELSE '영상-' END || (n // 3) AS item,
                CASE p % 2 WHEN 0 THEN 'ann-' ELSE 'Ann-' END || (p // 2) AS payee,
                CAST(CASE WHEN i % 97 = 0 THEN -1 - i % 5 ELSE 1 + i * 31 % 600 END AS BIGINT) AS quantity
            FROM (SELECT i, n, (n + CASE WHEN i % 53 = 0 THEN 1 ELSE 0 END) % {items / ItemsPerPayee} AS p
                FROM (SELECT i, CASE WHEN i % 10 = 0 THEN 0 ELSE i * 7919 % {items} END AS n FROM range({Rows}) t(i)))
            """);
    }

    private static void Write(string path, string columns, string options) =>
        Query($"COPY (SELECT {columns} FROM ({Usage()})) TO '{path}' ({options})");

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>The collation treats ids that differ in case as equal; lines have to differ.</summary>
    private static string MySqlTable(string tail) => $"""
        CREATE TABLE usage_rows (id BIGINT NOT NULL, occurred_at DATETIME(6) NOT NULL, kind VARCHAR(20) NOT NULL,
            item VARCHAR(64) NOT NULL, payee VARCHAR(64) NOT NULL, quantity BIGINT NOT NULL,
            PRIMARY KEY (id, occurred_at), KEY usage_rows_at (occurred_at))
        CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci {tail}
        """;

    private async Task LoadAsync(string connectionString, string? create = null)
    {
        await using var connection = new MySqlConnection($"{connectionString};AllowLoadLocalInfile=True");
        await connection.OpenAsync();
        if (create is not null)
        {
            await using var command = new MySqlCommand(create, connection);
            await command.ExecuteNonQueryAsync();
        }

        var loaded = await new MySqlBulkLoader(connection)
        {
            TableName = "usage_rows", FileName = PathOf("rows.csv"), Local = true, FieldTerminator = ",", LineTerminator = "\n",
            CharacterSet = "utf8mb4", Timeout = 0,
        }.LoadAsync();
        loaded.Should().Be(Rows);
    }

    [SuppressMessage("Security", "CA2100", Justification = "The SQL is the test's.")]
    private static long Query(string sql)
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
