using Microsoft.Extensions.Options;

namespace Settlements.Testing;

/// <summary>Contract tests of a usage source that reads a table of the application in the store's database.</summary>
public abstract class ApplicationTableContract
{
    protected abstract StoreUnderTest NewStore();

    /// <summary>
    /// SQL that creates <c>video_play (id, played_at, video_id, owner_id, watched_seconds, kind)</c> with an index over (played_at, id), in
    /// the engine's column types.
    /// </summary>
    protected abstract string CreateTable { get; }

    [Theory]
    [InlineData("played_at,id")]
    [InlineData("id")]
    public async Task An_application_table_is_counted_and_summed_in_place(string key)
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => Configure(s, key).Configure(o => o.ChunkRowsMax = 2));
        await store.ExecuteAsync(CreateTable);
        await store.ExecuteAsync("""
            INSERT INTO video_play (id, played_at, video_id, owner_id, watched_seconds, kind) VALUES
            (1, '2024-06-30 14:59:59.999999', 7, 'ann', 100, 'play'),
            (2, '2024-06-30 15:00:00.000000', 7, 'ann', 10, 'play'),
            (3, '2024-07-01 01:00:00.000000', 7, 'ann', 0, 'play'),
            (4, '2024-07-01 01:00:00.000000', 8, 'Ann', 30, 'play'),
            (5, '2024-07-01 02:00:00.000000', 7, 'ann', 99, 'preview'),
            (6, '2024-07-01 14:59:59.999999', 8, 'Ann', 5, 'play'),
            (7, '2024-07-01 15:00:00.000000', 8, 'Ann', 1, 'play')
            """);

        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LinesAsync()).Where(l => l.Meter == "video.view").Select(l => (l.PostingDate, l.ItemId, l.PayeeId, l.Quantity))
            .Should().Equal(
                (Scenario.Monday.AddDays(-1), "7", "ann", 1), (Scenario.Monday, "7", "ann", 2), (Scenario.Monday, "8", "Ann", 2));
        var seconds = await scenario.Engine.Rankings.TopAsync(CalendarPeriod.Day, Scenario.Monday, "video.seconds");
        seconds.Items.Select(s => (s.ItemId, s.Quantity)).Should().Equal(("8", 35), ("7", 10));
        (await scenario.Engine.Verifier.VerifyAsync(new DateRange(Scenario.Monday, Scenario.Monday))).IsClean.Should().BeTrue();
    }

    [Fact]
    public async Task The_event_table_and_an_application_table_are_summed_together()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => Configure(s, "played_at,id"));
        await store.ExecuteAsync(CreateTable);
        await store.ExecuteAsync(
            "INSERT INTO video_play (id, played_at, video_id, owner_id, watched_seconds, kind) VALUES "
            + "(1, '2024-07-01 01:00:00.000000', 7, 'ann', 9, 'play')");
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5, item: "7", payee: "ann"));

        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LinesAsync()).Single(l => l.Meter == "video.view").Quantity.Should().Be(6);
    }

    [Fact]
    public async Task A_row_without_a_payee_fails_the_close_with_an_error_that_names_it()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => Configure(s, "played_at,id"));
        await store.ExecuteAsync(CreateTable);
        await store.ExecuteAsync(
            "INSERT INTO video_play (id, played_at, video_id, owner_id, watched_seconds, kind) VALUES "
            + "(41, '2024-07-01 01:00:00.000000', 7, NULL, 9, 'play')");

        var close = () => scenario.CloseAsync(Scenario.Monday);

        (await close.Should().ThrowAsync<Exception>()).WithMessage("*'plays'*owner_id*null*id = 41*");
    }

    [Theory]
    [InlineData("watched_seconds >= @since", "*placeholder '@since'*")]
    [InlineData("watched_seconds >= ?", "*placeholder '?'*")]
    [InlineData("kind='play') or (1=1", "*')' at character 12*")]
    [InlineData("kind = 'play' -- bots too", "*comment '--'*")]
    public async Task A_condition_with_a_placeholder_or_unbalanced_parentheses_fails_validation_at_start(string condition, string message)
    {
        await using var store = NewStore();

        var start = () => Scenario.StartAsync(store, s => Configure(s, "id", condition));

        (await start.Should().ThrowAsync<OptionsValidationException>()).WithMessage($"*'plays'*Where({message}");
    }

    [Fact]
    public async Task A_condition_may_contain_placeholders_and_comments_inside_literals()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(
            store, s => Configure(s, "id", "kind = 'a''@b' AND kind <> 'it''s :y ? $z {0} -- # /* ; ) (' AND (`id` = 1 OR id IN (2, 3))"));
        await store.ExecuteAsync(CreateTable);
        await store.ExecuteAsync("""
            INSERT INTO video_play (id, played_at, video_id, owner_id, watched_seconds, kind) VALUES
            (1, '2024-07-01 01:00:00.000000', 7, 'ann', 1, 'a''@b'), (2, '2024-07-01 01:00:00.000000', 7, 'ann', 1, 'play')
            """);

        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LinesAsync()).Where(l => l.Meter == "video.view").Select(l => l.Quantity).Should().Equal(1);
    }

    [Fact]
    public async Task A_missing_table_fails_the_close_with_an_error_that_names_it()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => Configure(s, "id"));

        var close = () => scenario.CloseAsync(Scenario.Monday);

        (await close.Should().ThrowAsync<Exception>()).WithMessage("*'plays'*video_play*");
    }

    private static SettlementBuilder Configure(SettlementBuilder settlement, string key, string where = "kind = 'play'") => settlement
        .Source("plays", plays => plays.Table("video_play").Key(key.Split(',')).OccurredAt("played_at", InstantFormat.Text)
            .Item("video_id").Payee("owner_id").Where(where).Counts("video.view").Sums("video.seconds", "watched_seconds"))
        .Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m));
}
