using System.Globalization;
using System.Text;
using Settlements.TestServers;
using Settlements.Stores;
using Settlements.Testing;

[assembly: AssemblyFixture(typeof(ClickHouseFixture))]

namespace Settlements.ClickHouse.Tests;

/// <summary>A Distributed table <c>plays_all</c> over a replicated table of each shard, in a database of its own.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="database">The database.</param>
internal class ClickHouseUnderTest(ClickHouseCluster cluster, string database) : UsageSourceUnderTest
{
    public const string Columns = "id UInt64, at Int64, item String, payee String, quantity Int64";

    public override string QuantityColumn => "quantity";

    public string Database => database;

    public ClickHouseCluster Cluster => cluster;

    /// <summary>Options that tests may change; a small number of rows for each statement.</summary>
    public Action<ClickHouseOptions> Options { get; set; } = _ => { };

    public static async Task<ClickHouseUnderTest> NewAsync(ClickHouseFixture shared, bool isReplicated = true)
    {
        var source = new ClickHouseUnderTest(shared.Cluster, await shared.CreateDatabaseAsync());
        await source.CreateAsync(
            "plays", Columns, (isReplicated
                ? $"ReplicatedMergeTree('/clickhouse/tables/{source.Database}/{{shard}}', '{{replica}}')" : "MergeTree")
                    + " ORDER BY (at, item)");
        return source;
    }

    /// <summary>Creates a table on each shard, and a Distributed table over it with the suffix <c>_all</c>.</summary>
    public virtual async Task CreateAsync(string table, string columns, string engine)
    {
        await cluster.ExecuteOnAllAsync($"CREATE TABLE {database}.{table} ({columns}) ENGINE = {engine}");
        await cluster.ExecuteAsync(
            $"CREATE TABLE {database}.{table}_all ({columns}) ENGINE = Distributed({ClickHouseCluster.Name}, {database}, {table}, id)");
    }

    public virtual Task<string> ExecuteAsync(string sql) =>
        cluster.ExecuteAsync(sql.Replace("$db", database, StringComparison.Ordinal));

    public override Task InsertAsync(IReadOnlyList<UsageEvent> rows) => rows.Count == 0 ? Task.CompletedTask : ExecuteAsync(
        "INSERT INTO $db.plays_all (id, at, item, payee, quantity) VALUES " + string.Join(", ", rows.Select((r, i) => string.Create(
            CultureInfo.InvariantCulture,
            $"({BitConverter.ToInt32(r.EventId.ToByteArray())}, {UnixMicroseconds.From(r.OccurredAt)}, {Text(r.ItemId)}, "
                + $"{Text(r.PayeeId)}, {r.Quantity})"))));

    public override UsageTableBuilder Configure(UsageTableBuilder source) =>
        On(source.Table("plays_all").OccurredAt("at", InstantFormat.UnixMicroseconds).Item("item").Payee("payee"));

    /// <summary>Reads a source from this database.</summary>
    public virtual UsageTableBuilder On(UsageTableBuilder source) => source.OnClickHouse(options =>
    {
        (options.Endpoint, options.Database) = (cluster.Endpoint, database);
        (options.RetryDelay, options.RetriesMax) = (TimeSpan.FromMilliseconds(5), 2);
        Options(options);
    });

    public override async ValueTask DisposeAsync() => await DropAsync();

    protected virtual Task DropAsync() => cluster.ExecuteOnAllAsync($"DROP DATABASE {database}");

    private static string Text(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}

/// <summary>A table of a current ClickHouse in this process, without shards: the table <c>plays_all</c> is the table itself.</summary>
/// <param name="database">The database.</param>
internal sealed class ChdbUnderTest(string database) : ClickHouseUnderTest(null!, database), IUsageTableReader
{
    private static int _databases;

    public static async Task<ClickHouseUnderTest> NewAsync()
    {
        Assert.SkipUnless(TestSettings.IsLong, "Set SETTLEMENT_TESTS=long to run it.");
        Assert.SkipUnless(File.Exists(Chdb.Path), $"There is no {Chdb.Path}; ./build.sh --long installs it.");
        var source = new ChdbUnderTest(FormattableString.Invariant($"test{Interlocked.Increment(ref _databases)}"));
        Chdb.Instance.Execute($"CREATE DATABASE {source.Database}");
        await source.CreateAsync("plays", Columns, "MergeTree ORDER BY (at, item)");
        return source;
    }

    public override Task CreateAsync(string table, string columns, string engine) =>
        ExecuteAsync($"CREATE TABLE $db.{table}_all ({columns}) ENGINE = {engine}");

    public override Task<string> ExecuteAsync(string sql) => Task.FromResult(
        Encoding.UTF8.GetString(Chdb.Instance.Execute(sql.Replace("$db", Database, StringComparison.Ordinal))));

    public override UsageTableBuilder On(UsageTableBuilder source) => source.ReadWith(this);

    public IEnumerable<string> Validate(UsageTable table) => [];

    public IUsageSource Create(UsageTable table, IServiceProvider services)
    {
        var options = new ClickHouseOptions { RetriesMax = 0 };
        Options(options);
        return new ClickHouseSource(table, options, new ChdbStatements(Database), TimeProvider.System);
    }

    protected override Task DropAsync() => ExecuteAsync("DROP DATABASE $db");
}
