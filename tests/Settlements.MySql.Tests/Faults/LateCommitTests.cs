using Dapper;
using MySqlConnector;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Faults;

/// <summary>Writers that start before a close and commit during or after it.</summary>
public sealed class LateCommitTests(SharedServer shared)
{
    private static readonly DateRange Monday = new(Scenario.Monday, Scenario.Monday);

    [Fact]
    public async Task A_close_waits_for_writers_of_the_event_table_and_counts_what_they_commit()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        await using var writer = await OpenAsync(store);
        await using var transaction = await writer.BeginTransactionAsync();
        await writer.ExecuteAsync("SELECT slot FROM writer_locks WHERE slot = 7 FOR UPDATE", transaction: transaction);
        await writer.ExecuteAsync(Insert(store, 2, 10), transaction: transaction);

        var close = scenario.CloseAsync(Scenario.Monday);
        await Task.Delay(500);
        close.IsCompleted.Should().BeFalse("a writer is under way");
        await transaction.CommitAsync();
        await close;

        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(15);
        (await scenario.Engine.Reconciler.ReconcileAsync(Monday)).EventsPosted.Should().Be(0);
    }

    [Fact]
    public async Task A_row_that_is_inserted_manually_and_committed_after_the_close_is_found()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        await using var writer = await OpenAsync(store);
        await using var transaction = await writer.BeginTransactionAsync();
        await writer.ExecuteAsync(Insert(store, 2, 10), transaction: transaction);

        await scenario.CloseAsync(Scenario.Monday);
        (await scenario.Engine.Reconciler.ReconcileAsync(Monday)).EventsPosted.Should().Be(0, "the row is not committed yet");
        await transaction.CommitAsync();

        await ShouldBeFoundAsync(scenario, before: 5, found: 10);
    }

    [Fact]
    public async Task A_row_of_an_application_table_with_an_early_number_and_a_late_commit_is_found()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await store.ExecuteAsync("CREATE TABLE play (id BIGINT AUTO_INCREMENT PRIMARY KEY, at DATETIME(6) NOT NULL, video VARCHAR(20), "
            + "owner VARCHAR(20), KEY (at, id))");
        await using var scenario = await Scenario.StartAsync(store, s => s
            .Source("plays", p => p.Table("play").Key("id").OccurredAt("at").Item("video").Payee("owner").Counts("video.view"))
            .Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m)));
        const string Play = "INSERT INTO play (at, video, owner) VALUES ('2024-07-01 03:00:00', 'v1', 'p1')";
        await using var early = await OpenAsync(store);
        await using var transaction = await early.BeginTransactionAsync();
        await early.ExecuteAsync(Play, transaction: transaction);
        await store.ExecuteAsync(Play);

        await scenario.CloseAsync(Scenario.Monday);
        await transaction.CommitAsync();
        (await store.CountAsync("SELECT min(id) FROM play")).Should().Be(1, "the row committed last has the lower number");

        await ShouldBeFoundAsync(scenario, before: 1, found: 1);
    }

    private static async Task ShouldBeFoundAsync(Scenario scenario, long before, long found)
    {
        var tuesday = Scenario.Monday.AddDays(1);
        (await scenario.Engine.Reconciler.ReconcileAsync(Monday)).Findings.Select(f => (f.UsageDate, f.PostingDate, f.Quantity))
            .Should().Equal((Scenario.Monday, (DateOnly?)tuesday, found));
        (await scenario.Engine.Reconciler.ReconcileAsync(Monday)).EventsPosted.Should().Be(0);
        await scenario.CloseAsync(tuesday);
        (await scenario.LinesAsync()).Select(l => (l.PostingDate, l.UsageDate, l.Quantity)).Should().Equal(
            (Scenario.Monday, Scenario.Monday, before), (tuesday, Scenario.Monday, found));
        (await scenario.Engine.Verifier.VerifyAsync(new DateRange(Scenario.Monday, tuesday))).Differences.Should().BeEmpty();
    }

    private static string Insert(MySqlUnderTest store, int id, long quantity) =>
        "INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity) VALUES "
        + $"({store.Literal(Scenario.Instant(Scenario.Monday, 12))}, X'{Scenario.Id(id):N}', 'video.view', 'v1', 'p1', {quantity})";

    private static async Task<MySqlConnection> OpenAsync(MySqlUnderTest store)
    {
        var connection = new MySqlConnection(store.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
