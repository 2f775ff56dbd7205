using System.Data.Common;
using System.Globalization;
using Dapper;
using MySqlConnector;
using Settlements.TestServers;
using Settlements.Testing;

namespace Settlements.MySql.Tests;

/// <summary>A store in a new database on the shared server.</summary>
internal sealed class MySqlUnderTest : StoreUnderTest
{
    private static int _last;

    private readonly string _name = $"settlement_{Interlocked.Increment(ref _last)}";
    private readonly Lazy<string> _connectionString;
    private readonly List<MySqlFaultProxy> _proxies = [];

    private readonly Func<ProxiedCommand, bool>? _counts;

    /// <param name="server">The server.</param>
    /// <param name="counts">The commands that a fault plan counts; null for all.</param>
    public MySqlUnderTest(MySqlServer server, Func<ProxiedCommand, bool>? counts = null)
    {
        _counts = counts;
        Server = server;
        _connectionString = new Lazy<string>(() => server.CreateDatabaseAsync(_name).GetAwaiter().GetResult());
    }

    public MySqlServer Server { get; }

    public string ConnectionString => _connectionString.Value;

    /// <summary>Whether disposal also ends the server, which was started for this store.</summary>
    public bool OwnsServer { get; init; }

    /// <summary>Where the server's rows are summed.</summary>
    public SumPlan SumPlan { get; init; }

    public override void Use(SettlementBuilder settlement) =>
        settlement.UseMySql(new MySqlStoreOptions { ConnectionString = ConnectionString, SumPlan = SumPlan });

    /// <summary>
    /// Registers the store behind a new proxy for each start, with few retries, so that an unavailable server fails soon.
    /// </summary>
    public override void Use(SettlementBuilder settlement, FaultPlan faults)
    {
        var proxy = MySqlFaultProxy.Start("127.0.0.1", Server.Port);
        _proxies.Add(proxy);
        proxy.InjectFaults(faults, _counts);
        settlement.UseMySql(new MySqlStoreOptions { ConnectionString = Through(proxy), RetriesMax = 1 });
    }

    /// <summary>Returns the connection string through a proxy, without a reset of pooled connections.</summary>
    public string Through(MySqlFaultProxy proxy) =>
        new MySqlConnectionStringBuilder(ConnectionString) { Port = (uint)proxy.Port, ConnectionTimeout = 5 }.ConnectionString;

    public override async Task<IReadOnlyList<string>> ReadAsync(string sql)
    {
        await using var connection = new MySqlConnection(ConnectionString);
        return await RowText.ReadAsync(connection, sql);
    }

    public override async Task ExecuteAsync(string sql)
    {
        await using var connection = new MySqlConnection(ConnectionString);
        await connection.ExecuteAsync(sql);
    }

    /// <summary>
    /// Lets only ANALYZE TABLE update a table's statistics, from all its pages. Call it before rows are inserted: the server's own update,
    /// which an insertion starts in the background, could replace those of ANALYZE TABLE by older ones.
    /// </summary>
    public Task FixStatisticsAsync(string table) =>
        ExecuteAsync($"ALTER TABLE {table} STATS_AUTO_RECALC = 0, STATS_SAMPLE_PAGES = 65535");

    public override async Task<long> CountAsync(string sql)
    {
        await using var connection = new MySqlConnection(ConnectionString);
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    public override async Task<DbConnection> OpenAsync()
    {
        var connection = new MySqlConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public override string Literal(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("\\'yyyy-MM-dd HH:mm:ss.ffffff\\'", CultureInfo.InvariantCulture);

    public override async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies)
            await proxy.DisposeAsync();
        if (_connectionString.IsValueCreated)
        {
            await using (var connection = new MySqlConnection(ConnectionString))
                await MySqlConnection.ClearPoolAsync(connection);
            await Server.DropDatabaseAsync(_name);
        }

        if (OwnsServer)
            await Server.DisposeAsync();
    }
}
