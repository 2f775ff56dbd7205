using System.Globalization;
using MySqlConnector;
using Settlements.TestServers;

namespace Settlements.MySql.Tests.Loading;

/// <summary>A database with an application's table, dropped at the end.</summary>
internal sealed class TableUnderLoad : IAsyncDisposable
{
    private static int _last;

    private readonly MySqlServer _server;
    private readonly string _name;

    private TableUnderLoad(MySqlServer server, string name, string connectionString)
    {
        _server = server;
        _name = name;
        ConnectionString = connectionString;
        Loader = new TableLoader(new MySqlStoreOptions { ConnectionString = connectionString });
    }

    public string ConnectionString { get; }

    public TableLoader Loader { get; }

    public static async Task<TableUnderLoad> CreateAsync(
        MySqlServer server, string columns = "id BIGINT PRIMARY KEY, title VARCHAR(20) NOT NULL, n INT NULL")
    {
        var name = $"load_{Interlocked.Increment(ref _last)}";
        var table = new TableUnderLoad(server, name, await server.CreateDatabaseAsync(name));
        await table.ExecuteAsync(columns.StartsWith("CREATE", StringComparison.Ordinal) ? columns : $"CREATE TABLE t ({columns})");
        return table;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new MySqlConnection($"{ConnectionString};Allow User Variables=True;Pooling=False");
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Returns the values of all rows as text.</summary>
    public async Task<List<string>> RowsAsync(string sql)
    {
        await using var connection = new MySqlConnection($"{ConnectionString};Guid Format=None;Treat Tiny As Boolean=False;Pooling=False");
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => Shown(reader.GetValue(i)))));
        return rows;
    }

    public async Task<long> CountAsync(string from = "t") =>
        long.Parse((await RowsAsync($"SELECT count(*) FROM {from}"))[0], CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        await Loader.DisposeAsync();
        await _server.DropDatabaseAsync(_name);
    }

    private static string Shown(object value) => value switch
    {
        DBNull => "NULL",
        byte[] bytes => Convert.ToHexString(bytes),
        DateTime instant => instant.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };
}

internal sealed record Row(long Id, string? Title, int? N = null)
{
    public static TableMap<Row> Map { get; } = new TableMap<Row>("t").Column("id", r => r.Id).Column("title", r => r.Title).Column(
        "n", r => r.N);

    public static IEnumerable<Row> Many(int count, int first = 1) => Enumerable.Range(first, count)
        .Select(i => new Row(i, $"row {i}", i % 7 == 0 ? null : i));
}
