using Settlements.TestServers;

namespace Settlement.SampleHost.Tests.Usage;

/// <summary>A cluster of two shards, with a table of plays for each test.</summary>
public sealed class ClickHouseForPlatform : ClickHouseFixture
{
    public const string Columns =
        "event_id UUID, occurred_at Int64, item_id String, payee_id String, views Int64, seconds Int64, ad_views Int64";

    private const string Order =
        "PARTITION BY toYYYYMM(toDateTime(intDiv(occurred_at, 1000000), 'UTC')) ORDER BY (occurred_at, event_id)";

    /// <summary>Creates the table of plays over both shards, as docs/guides/clickhouse.md describes.</summary>
    /// <returns>The settings of a platform that uses it.</returns>
    public async Task<(string Key, string Value)[]> CreateAsync()
    {
        var database = await CreateDatabaseAsync();
        await Cluster.ExecuteOnAllAsync(
            $"CREATE TABLE {database}.usage_events_local ({Columns}) ENGINE = ReplicatedReplacingMergeTree("
                + $"'/clickhouse/tables/{database}/{{shard}}', '{{replica}}') {Order}");
        await Cluster.ExecuteAsync(
            $"CREATE TABLE {database}.usage_events ({Columns}) ENGINE = Distributed({ClickHouseCluster.Name}, {database}, "
                + "usage_events_local, cityHash64(toString(event_id)))");
        return SettingsOf(database);
    }

    public (string Key, string Value)[] SettingsOf(string database) =>
        [("Usage:ClickHouse:Endpoint", Cluster.Endpoint), ("Usage:ClickHouse:Database", database), ("Usage:ClickHouse:Delay", "00:00:00")];
}
