using System.Data;
using System.Data.Common;
using Dapper;

namespace Settlements.Testing;

/// <summary>Contract tests of writing events in the caller's transaction.</summary>
public abstract class EventTransactionContract
{
    private const string Count = "SELECT count(*) FROM orders";

    protected abstract StoreUnderTest NewStore();

    [Fact]
    public async Task Rows_and_events_are_committed_together()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await using var connection = await store.OpenAsync();
        await using var transaction = await BeginAsync(connection);

        await AddOrderAsync(transaction, 1);
        var outcomes = await scenario.Engine.Writer.WriteAsync(
            transaction,
            [Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(2, Scenario.Monday, 7), Scenario.Event(1, Scenario.Monday, 5)], default);
        var again = await scenario.Engine.Writer.WriteAsync(
            transaction, [Scenario.Event(2, Scenario.Monday, 7), Scenario.Event(3, Scenario.Monday, 9)], default);
        (await store.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(0, "nothing is committed");
        await transaction.CommitAsync();
        await scenario.CloseAsync(Scenario.Monday);

        outcomes.Should().Equal(EventOutcome.Stored, EventOutcome.Stored, EventOutcome.Duplicate);
        again.Should().Equal(EventOutcome.Duplicate, EventOutcome.Stored);
        (await store.CountAsync(Count)).Should().Be(1);
        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(21);
    }

    [Fact]
    public async Task A_rolled_back_transaction_leaves_no_event()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await using var connection = await store.OpenAsync();
        await using (var transaction = await BeginAsync(connection))
        {
            await AddOrderAsync(transaction, 1);
            await scenario.Engine.Writer.WriteAsync(transaction, [Scenario.Event(1, Scenario.Monday, 5)], default);
            await transaction.RollbackAsync();
        }

        (await scenario.Engine.Writer.WriteAsync(Scenario.Event(1, Scenario.Monday, 6), default)).Should().Be(EventOutcome.Stored);
        await scenario.CloseAsync(Scenario.Monday);

        (await store.CountAsync(Count)).Should().Be(0);
        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(6);
    }

    [Fact]
    public async Task A_rejected_event_undoes_its_call_and_leaves_the_transaction_usable()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        var writer = scenario.Engine.Writer;
        await writer.WriteAsync(Scenario.Event(1, Scenario.Monday, 5), default);
        await using var connection = await store.OpenAsync();
        await using var transaction = await BeginAsync(connection);
        await AddOrderAsync(transaction, 1);
        await writer.WriteAsync(transaction, [Scenario.Event(2, Scenario.Monday, 10)], default);

        var conflict = await writer.Invoking(
            w => w.WriteAsync(transaction, [Scenario.Event(3, Scenario.Monday, 100), Scenario.Event(1, Scenario.Monday, 6)], default))
            .Should().ThrowAsync<EventRejectedException>();
        var malformed = await writer.Invoking(w => w.WriteAsync(
            transaction, [Scenario.Event(4, Scenario.Monday, 100), Scenario.Event(5, Scenario.Monday, item: "")], default))
            .Should().ThrowAsync<EventRejectedException>();
        await AddOrderAsync(transaction, 2);
        await transaction.CommitAsync();
        await scenario.CloseAsync(Scenario.Monday);

        conflict.Which.Stored!.Value.Quantity.Should().Be(5);
        malformed.Which.Column.Should().Be("item_id");
        (await store.CountAsync(Count)).Should().Be(2);
        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(15);
    }

    [Fact]
    public async Task An_event_of_a_closed_day_is_posted_to_the_first_open_day()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        await scenario.CloseAsync(Scenario.Monday);
        await using var connection = await store.OpenAsync();
        await using var transaction = await BeginAsync(connection);

        var outcomes = await scenario.Engine.Writer.WriteAsync(
            transaction, [Scenario.Event(2, Scenario.Monday, 7), Scenario.Event(3, Scenario.Monday.AddDays(1), 1)], default);
        await transaction.CommitAsync();
        await scenario.CloseAsync(Scenario.Monday.AddDays(1));

        outcomes.Should().Equal(EventOutcome.Late, EventOutcome.Stored);
        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(5);
        (await scenario.LinesAsync(Scenario.Monday.AddDays(1))).Select(l => (l.UsageDate, l.Quantity)).Should().Equal(
            (Scenario.Monday, 7), (Scenario.Monday.AddDays(1), 1));
    }

    [Fact]
    public async Task A_close_waits_for_transactions_that_wrote_events_of_its_day()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        await using var connection = await store.OpenAsync();
        await using var transaction = await BeginAsync(connection);
        await scenario.Engine.Writer.WriteAsync(transaction, [Scenario.Event(2, Scenario.Monday, 7)], default);

        var close = Task.Run(() => scenario.CloseAsync(Scenario.Monday));
        await Task.Delay(500);
        close.IsCompleted.Should().BeFalse("the transaction's event is of that day");
        await transaction.CommitAsync();
        await close;

        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(12);
    }

    [Fact]
    public async Task Events_beyond_the_size_of_one_statement_are_all_written()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store, new UsageWriterOptions { GroupEventsMax = 5_000 });
        await using var connection = await store.OpenAsync();
        await using var transaction = await BeginAsync(connection);

        var events = Enumerable.Range(1, 5_000).Select(i => Scenario.Event(i, Scenario.Monday, i, item: $"it's \\{i}\t'"));
        await scenario.Engine.Writer.WriteAsync(transaction, [.. events], default);
        await transaction.CommitAsync();

        (await store.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(5_000);
        (await store.CountAsync("SELECT sum(quantity) FROM usage_events")).Should().Be(5_000L * 5_001 / 2);
        (await store.CountAsync("SELECT count(DISTINCT item_id) FROM usage_events WHERE length(item_id) "
            + "= length('it''s ') + 3 + length(quantity)")).Should().Be(5_000);
    }

    [Fact]
    public async Task An_unsuitable_transaction_is_refused_with_the_remedy()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store, new UsageWriterOptions { GroupEventsMax = 2, QueueEventsMax = 2 });
        var writer = scenario.Engine.Writer;
        await using var connection = await store.OpenAsync();
        var ended = await BeginAsync(connection);
        await ended.CommitAsync();

        await writer.Invoking(w => w.WriteAsync(ended, [Scenario.Event(1, Scenario.Monday)], default))
            .Should().ThrowAsync<ArgumentException>().WithMessage("*already completed*");
        await writer.Invoking(w => w.WriteAsync(new OtherTransaction(), [Scenario.Event(1, Scenario.Monday)], default))
            .Should().ThrowAsync<ArgumentException>().WithMessage("*OtherTransaction*");
        await using var transaction = await BeginAsync(connection);
        await writer.Invoking(
            w => w.WriteAsync(transaction, [.. Enumerable.Range(1, 3).Select(i => Scenario.Event(i, Scenario.Monday))], default))
            .Should().ThrowAsync<ArgumentException>().WithMessage("*GroupEventsMax*");
        (await writer.WriteAsync(transaction, [], default)).Should().BeEmpty();
    }

    /// <summary>Begins a transaction with the isolation level that the store requires.</summary>
    protected static ValueTask<DbTransaction> BeginAsync(DbConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);
    }

    private static async Task<Scenario> StartAsync(StoreUnderTest store, UsageWriterOptions? writer = null)
    {
        var scenario = await Scenario.StartAsync(store, settlement =>
        {
            Scenario.UsualRates(settlement);
            if (writer is not null)
                settlement.Configure(o => o.Writer = writer);
        });
        await store.ExecuteAsync("CREATE TABLE orders (order_id BIGINT PRIMARY KEY)");
        return scenario;
    }

    private static Task<int> AddOrderAsync(DbTransaction transaction, int orderId) =>
        transaction.Connection!.ExecuteAsync("INSERT INTO orders (order_id) VALUES (@orderId)", new { orderId }, transaction);

    private sealed class OtherTransaction : DbTransaction
    {
        public override IsolationLevel IsolationLevel => IsolationLevel.ReadCommitted;

        protected override DbConnection? DbConnection => null;

        public override void Commit()
        {
        }

        public override void Rollback()
        {
        }
    }
}
