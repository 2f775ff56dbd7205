using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>
/// Contract tests of the instants of an application's table: a row without a valid instant is always reported, whenever it was inserted and
/// wherever it sorts.
/// </summary>
public abstract class SourceInstantContract
{
    private static readonly DateRange Closed = new(Scenario.Monday, Scenario.Monday);

    protected abstract StoreUnderTest NewStore();

    /// <summary>The SQL type of a column of instants that aren't numbers.</summary>
    protected abstract string InstantType { get; }

    /// <summary>Invalid instants that such a column can store, as SQL, each with its text in error messages.</summary>
    protected abstract IReadOnlyList<(string Sql, string Shown)> Unreadable { get; }

    /// <summary>Invalid instants of a column of numbers, for engines that store values other than integers in it.</summary>
    protected virtual IReadOnlyList<(string Sql, string Shown)> UnreadableNumbers => [];

    /// <summary>Makes the engine accept rows with such instants.</summary>
    protected virtual string Lenient => "";

    [Theory]
    [InlineData("played_at,id", true)]
    [InlineData("id", true)]
    [InlineData("id", false)]
    public async Task A_row_with_an_invalid_instant_is_named_by_close_reconciliation_and_verification(string key, bool isIndexed)
    {
        await using var store = NewStore();

        // A key contains no NULL: MySQL refuses nullable key columns; for SQLite the library refuses the row.
        var unreadable = Unreadable.Where(u => key == "id" || u.Sql != "NULL").ToList();
        await CreateAsync(store, $"{InstantType} {(key == "id" ? "NULL" : "NOT NULL")}", isIndexed);
        await InsertAsync(store, (1, "'2024-07-01 03:00:00'"), (2, "'2024-07-02 03:00:00'"));
        foreach (var (sql, shown) in unreadable)
        {
            await using var first = await Scenario.StartAsync(store, s => Configure(s, key, InstantFormat.Text));
            await InsertAsync(store, (99, sql));
            await NamedAsync(() => first.Engine.Days.FindNextAsync(), shown);
            await NamedAsync(() => first.CloseAsync(Scenario.Monday), shown);
            await NamedAsync(() => first.Engine.Reconciler.ReconcileAsync(Closed), shown);
            await NamedAsync(() => first.Engine.Verifier.VerifyAsync(Closed), shown);
            await DeleteAsync(store);
        }

        await using var scenario = await Scenario.StartAsync(store, s => Configure(s, key, InstantFormat.Text));
        await scenario.CloseAsync(Scenario.Monday);
        foreach (var (sql, shown) in unreadable)
        {
            await InsertAsync(store, (99, sql));
            await NamedAsync(() => scenario.CloseAsync(Scenario.Monday.AddDays(1)), shown);
            await NamedAsync(() => scenario.Engine.Reconciler.ReconcileAsync(Closed), shown);
            await NamedAsync(() => scenario.Engine.Verifier.VerifyAsync(Closed), shown);
            await DeleteAsync(store);
        }

        await scenario.CloseAsync(Scenario.Monday.AddDays(1));
        (await scenario.LinesAsync()).Select(l => (l.PostingDate, l.Quantity)).Should().Equal(
            (Scenario.Monday, 1), (Scenario.Monday.AddDays(1), 1));
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday.AddDays(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_row_with_an_invalid_instant_inserted_after_publication_is_named(bool isIndexed)
    {
        await using var store = NewStore();
        await CreateAsync(store, $"{InstantType} NULL", isIndexed);
        await InsertAsync(store, (1, "'2024-07-01 03:00:00'"), (2, "'2024-07-02 03:00:00'"));
        await using var scenario = await Scenario.StartAsync(store, s => Configure(s, "id", InstantFormat.Text));
        await scenario.CloseAsync(Scenario.Monday.AddDays(1));
        foreach (var (sql, shown) in Unreadable)
        {
            await InsertAsync(store, (99, sql));
            await NamedAsync(() => scenario.CloseAsync(Scenario.Monday.AddDays(2)), shown);
            await NamedAsync(() => scenario.Engine.Reconciler.ReconcileAsync(Closed), shown);
            await DeleteAsync(store);
        }

        await scenario.CloseAsync(Scenario.Monday.AddDays(2));
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday.AddDays(2));
    }

    [Fact]
    public async Task A_table_that_has_only_invalid_instants_is_not_treated_as_empty()
    {
        await using var store = NewStore();
        await CreateAsync(store, $"{InstantType} NULL", isIndexed: true);
        foreach (var (sql, shown) in Unreadable)
        {
            await InsertAsync(store, (99, sql));
            await using var scenario = await Scenario.StartAsync(
                store, s => Configure(s, "id", InstantFormat.Text, countedFrom: Scenario.Monday));

            await NamedAsync(() => scenario.Engine.Days.FindNextAsync(), shown);
            await NamedAsync(() => scenario.CloseAsync(Scenario.Monday), shown);
            await DeleteAsync(store);
        }
    }

    [Fact]
    public async Task A_condition_can_exclude_rows_with_invalid_instants()
    {
        await using var store = NewStore();
        await CreateAsync(store, $"{InstantType} NULL", isIndexed: true);
        await InsertAsync(store, [(1, "'2024-07-01 03:00:00'"), .. Unreadable.Select((u, i) => (100 + i, u.Sql))]);
        await using var scenario = await Scenario.StartAsync(store, s => Configure(s, "id", InstantFormat.Text, "id < 99"));

        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(1);
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday);
    }

    [Theory]
    [InlineData(InstantFormat.UnixSeconds, 1)]
    [InlineData(InstantFormat.UnixMilliseconds, 1_000)]
    [InlineData(InstantFormat.UnixMicroseconds, 1_000_000)]
    public async Task A_number_out_of_the_range_of_instants_is_named_before_and_after_publication(InstantFormat format, long unit)
    {
        await using var store = NewStore();
        await CreateAsync(store, "BIGINT", isIndexed: true);
        await InsertAsync(store, (1, Number(Scenario.Instant(Scenario.Monday, 3))), (2, Number(Scenario.Instant(Scenario.Monday, 12))));
        await using var scenario = await Scenario.StartAsync(store, s => Configure(s, "id", format));
        await scenario.CloseAsync(Scenario.Monday);
        foreach (var (sql, shown) in (IEnumerable<(string, string)>)
            [("NULL", "null"), .. new[] { Number(SupportedInstants.First.AddSeconds(-1)), Number(SupportedInstants.End), $"{long.MinValue}",
                $"{long.MaxValue}" }.Select(n => (n, $"'{n}'")), .. UnreadableNumbers])
        {
            await InsertAsync(store, (99, sql));
            await NamedAsync(() => scenario.CloseAsync(Scenario.Monday.AddDays(1)), shown);
            await NamedAsync(() => scenario.Engine.Reconciler.ReconcileAsync(Closed), shown);
            await NamedAsync(() => scenario.Engine.Verifier.VerifyAsync(Closed), shown);
            await DeleteAsync(store);
        }

        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday);

        string Number(DateTimeOffset instant) => FormattableString.Invariant($"{instant.ToUnixTimeSeconds() * unit}");
    }

    [Fact]
    public async Task The_range_of_instants_is_the_same_for_calendars_west_of_Greenwich()
    {
        await using var store = NewStore();
        await CreateAsync(store, $"{InstantType} NOT NULL", isIndexed: true);
        await store.ExecuteAsync(
            "CREATE TABLE numbers (id BIGINT NOT NULL PRIMARY KEY, played_at BIGINT, video_id BIGINT, owner_id VARCHAR(30))");
        foreach (var (sql, next) in new (string, DateOnly?)[]
        {
            ("'1890-05-05 00:00:00'", null), ("'1900-01-01 23:59:59'", null), ("'1900-01-02 00:00:00'", new(1900, 1, 1)),
            ("'9998-12-30 23:59:59'", new(9998, 12, 30)), ("'9998-12-31 00:00:00'", null),
        })
        {
            await InsertAsync(store, (99, sql));
            await using var scenario = await Scenario.StartAsync(
                store, s => Configure(s, "played_at,id", InstantFormat.Text).Calendar("America/New_York"));
            if (next is null)
                await NamedAsync(() => scenario.Engine.Days.FindNextAsync(), $"'{sql[1..11]}");
            else
                (await scenario.Engine.Days.FindNextAsync()).Should().Be(next);
            await DeleteAsync(store);
        }

        // 1900-01-01T00:00:00Z and one day later.
        foreach (var (number, next) in new (long, DateOnly?)[] { (-2_208_988_800, null), (-2_208_902_400, new(1900, 1, 1)) })
        {
            await store.ExecuteAsync(
                FormattableString.Invariant($"DELETE FROM numbers; INSERT INTO numbers VALUES (99, {number}, 7, 'ann')"));
            await using var scenario = await Scenario.StartAsync(
                store, s => Configure(s, "id", InstantFormat.UnixSeconds, table: "numbers").Calendar("America/New_York"));
            if (next is null)
                await NamedAsync(() => scenario.Engine.Days.FindNextAsync(), $"'{number}'");
            else
                (await scenario.Engine.Days.FindNextAsync()).Should().Be(next);
        }
    }

    private static async Task NamedAsync(Func<Task> work, string shown) => (await work.Should().ThrowAsync<UsageSourceException>(shown))
        .WithMessage($"*'plays'*played_at holds {shown}*id = 99*it must be*Correct the row*Where*");

    private static Task CreateAsync(StoreUnderTest store, string type, bool isIndexed) => store.ExecuteAsync(
        $"CREATE TABLE video_play (id BIGINT NOT NULL PRIMARY KEY, played_at {type}, video_id BIGINT, owner_id VARCHAR(30))"
        + (isIndexed ? "; CREATE INDEX video_play_by_time ON video_play (played_at, id)" : ""));

    private Task InsertAsync(StoreUnderTest store, params IEnumerable<(int Id, string Instant)> rows) => store.ExecuteAsync(
        $"{Lenient}INSERT INTO video_play (id, played_at, video_id, owner_id) VALUES "
        + string.Join(", ", rows.Select(r => FormattableString.Invariant($"({r.Id}, {r.Instant}, 7, 'ann')"))));

    private static Task DeleteAsync(StoreUnderTest store) => store.ExecuteAsync("DELETE FROM video_play WHERE id = 99");

    private static SettlementBuilder Configure(
        SettlementBuilder settlement, string key, InstantFormat format, string? where = null, string table = "video_play",
        DateOnly? countedFrom = null) => settlement
        .Rates("video.view", r => r.Flat("v", new DateOnly(1900, 1, 1), Currency.KRW, 1m))
        .Source("plays", plays =>
        {
            plays.Table(table).Key(key.Split(',')).OccurredAt("played_at", format).Item("video_id").Payee("owner_id").Counts(
                "video.view", countedFrom);
            if (where is not null)
                plays.Where(where);
        });
}
