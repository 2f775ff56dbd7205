using System.Globalization;
using MySqlConnector;

namespace Settlements.TestServers;

/// <summary>
/// MariaDB's Spider as an engine that speaks MySQL's protocol and keeps the rows elsewhere: a head, and two nodes, of which the first is a
/// server that exists. Disposal ends the head and the second node.
/// </summary>
public sealed class SpiderCluster : IAsyncDisposable
{
    /// <summary>The file of the plugin.</summary>
    public const string Plugin = "ha_spider.so";

    private readonly MySqlServer _first;

    private SpiderCluster(MySqlServer first, MySqlServer node, MySqlServer head) => (_first, Node, Head) = (first, node, head);

    public MySqlServer Head { get; }

    /// <summary>The second node, which a test may stop and restart.</summary>
    public MySqlServer Node { get; }

    /// <summary>Starts the head and the second node.</summary>
    /// <param name="first">The first node.</param>
    /// <returns>The servers; null if the plugin is not installed.</returns>
    public static async Task<SpiderCluster?> StartAsync(MySqlServer first)
    {
        ArgumentNullException.ThrowIfNull(first);
        await using var connection = new MySqlConnection(first.ConnectionString);
        await connection.OpenAsync();
        await using var command = new MySqlCommand("SELECT @@plugin_dir", connection);
        var folder = (string)(await command.ExecuteScalarAsync())!;
        if (MySqlServer.FindBinary() is null || !File.Exists(Path.Combine(folder, Plugin)))
            return null;
        var servers = await Task.WhenAll(
            MySqlServer.StartAsync("--innodb-flush-log-at-trx-commit=2"), MySqlServer.StartAsync(
                $"--plugin-load-add={Plugin}", "--loose-spider-connect-retry-count=1", "--innodb-flush-log-at-trx-commit=2"));
        return new SpiderCluster(first, servers[0], servers[1]);
    }

    /// <summary>Creates a table that is partitioned over the nodes, in a database of its own.</summary>
    /// <param name="database">The database.</param>
    /// <param name="table">The table.</param>
    /// <param name="partition">The expression by which rows are on the first node, where it is even, or on the second.</param>
    /// <param name="create">Returns the statement that creates the table, given its end.</param>
    /// <returns>The connection strings of the head and of the nodes.</returns>
    public async Task<(string Head, IReadOnlyList<string> Nodes)> CreateTableAsync(
        string database, string table, string partition, Func<string, string> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        string[] nodes = [await _first.CreateDatabaseAsync(database), await Node.CreateDatabaseAsync(database)];
        var partitions = new List<string>();
        foreach (var (i, node) in nodes.Index())
        {
            await ExecuteAsync(node, create(""));
            var address = new MySqlConnectionStringBuilder(node);
            partitions.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"PARTITION p{i} COMMENT = 'wrapper \"mysql\", host \"127.0.0.1\", port \"{address.Port}\", user \"{address.UserID}\", "
                    + $"password \"{address.Password}\", database \"{address.Database}\", table \"{table}\"'"));
        }

        var head = await Head.CreateDatabaseAsync(database);
        await ExecuteAsync(head, create($"ENGINE = SPIDER PARTITION BY HASH ({partition}) ({string.Join(", ", partitions)})"));
        return (head, nodes);
    }

    /// <summary>Drops what <see cref="CreateTableAsync"/> created, after a restart of a stopped node.</summary>
    /// <param name="database">The database.</param>
    public async Task DropAsync(string database)
    {
        if (!Node.IsRunning)
            await Node.RunAsync();
        await Head.DropDatabaseAsync(database);
        await Node.DropDatabaseAsync(database);
        await _first.DropDatabaseAsync(database);
    }

    public async ValueTask DisposeAsync()
    {
        await Head.DisposeAsync();
        await Node.DisposeAsync();
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
