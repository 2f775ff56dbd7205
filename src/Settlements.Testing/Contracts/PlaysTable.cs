using System.Globalization;

namespace Settlements.Testing;

/// <summary>A table <c>plays</c> of the application, read as a usage source: a row counts as one <c>video.view</c>.</summary>
public static class PlaysTable
{
    public static void Use(SettlementBuilder settlement, string? filter = null, string name = "plays") => settlement.Source(name, source =>
    {
        source.Table("plays").Key("id").OccurredAt("played_at", InstantFormat.UnixMicroseconds).Item("video_id").Payee("owner_id")
            .Counts("video.view");
        if (filter is not null)
            source.Where(filter);
    });

    public static Task CreateAsync(StoreUnderTest store) => store.ExecuteAsync(
        "CREATE TABLE plays (id BIGINT NOT NULL PRIMARY KEY, played_at BIGINT NOT NULL, video_id VARCHAR(64) NOT NULL, "
        + "owner_id VARCHAR(64) NOT NULL, is_bot INT NOT NULL DEFAULT 0)");

    /// <summary>Inserts rows at noon of a day, with the ids that follow the existing ones.</summary>
    public static async Task InsertAsync(StoreUnderTest store, DateOnly day, string item, string payee, int count)
    {
        var first = await store.CountAsync("SELECT count(*) FROM plays") + 1;
        var instant = UnixMicroseconds.From(Scenario.Instant(day, 12));
        var rows = Enumerable.Range(0, count).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"({first + i}, {instant + i}, '{item}', '{payee}')"));
        await store.ExecuteAsync($"INSERT INTO plays (id, played_at, video_id, owner_id) VALUES {string.Join(", ", rows)}");
    }
}
