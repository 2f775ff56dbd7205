using System.Globalization;
using Settlements.TestServers;
using Settlements.Testing;

namespace Settlements.ClickHouse.Tests;

/// <summary>A Distributed table <c>plays_all</c> over a replicated table of each shard, in a database of its own.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="database">The database.</param>
internal sealed class ClickHouseUnderTest(ClickHouseCluster cluster, string database) : UsageSourceUnderTest
{
    public const string Columns = "id UInt64, at Int64, item String, payee String, quantity Int64";

    public override string QuantityColumn => "quantity";

    public string Database => database;

    public ClickHouseCluster Cluster => cluster;

    /// <summary>Options that tests may change; a small number of rows for each statement.</summary>
    public Action<ClickHouseOptions> Options { get; set; } = _ => { };

    public static async Task<ClickHouseUnderTest> NewAsync(SharedCluster shared, bool isReplicated = true)
    {
        var source = new ClickHouseUnderTest(shared.Cluster, await shared.CreateDatabaseAsync());
        await source.CreateAsync(
            "plays", Columns, (isReplicated
                ? $"ReplicatedMergeTree('/clickhouse/tables/{source.Database}/{{shard}}', '{{replica}}')" : "MergeTree") + " ORDER BY (at, item)");
        return source;
    }

    /// <summary>Creates a table on each shard, and a Distributed table over it with the suffix <c>_all</c>.</summary>
    public async Task CreateAsync(string table, string columns, string engine)
    {
        await cluster.ExecuteOnAllAsync($"CREATE TABLE {database}.{table} ({columns}) ENGINE = {engine}");
        await cluster.ExecuteAsync(
            $"CREATE TABLE {database}.{table}_all ({columns}) ENGINE = Distributed({ClickHouseCluster.Name}, {database}, {table}, id)");
    }

    public Task<string> ExecuteAsync(string sql) =>
        cluster.ExecuteAsync(sql.Replace("$db", database, StringComparison.Ordinal));

    public override Task InsertAsync(IReadOnlyList<UsageEvent> rows) => rows.Count == 0 ? Task.CompletedTask : ExecuteAsync(
        "INSERT INTO $db.plays_all (id, at, item, payee, quantity) VALUES " + string.Join(", ", rows.Select((r, i) => string.Create(
            CultureInfo.InvariantCulture,
            $"({BitConverter.ToInt32(r.EventId.ToByteArray())}, {UnixMicroseconds.From(r.OccurredAt)}, {Text(r.ItemId)}, {Text(r.PayeeId)}, {r.Quantity})"))));

    public override UsageTableBuilder Configure(UsageTableBuilder source) =>
        On(source.Table("plays_all").OccurredAt("at", InstantFormat.UnixMicroseconds).Item("item").Payee("payee"));

    /// <summary>Reads a source from this database.</summary>
    public UsageTableBuilder On(UsageTableBuilder source) => source.OnClickHouse(options =>
    {
        (options.Endpoint, options.Database) = (cluster.Endpoint, database);
        (options.RetryDelay, options.RetriesMax) = (TimeSpan.FromMilliseconds(5), 2);
        Options(options);
    });

    public override async ValueTask DisposeAsync() => await cluster.ExecuteOnAllAsync($"DROP DATABASE {database}");

    private static string Text(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
