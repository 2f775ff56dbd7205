using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Faults;

/// <summary>New events that are written in one round trip, and all cases in which they are written in the ordinary way instead.</summary>
public sealed class DirectWriteTests(SharedServer shared)
{
    private static readonly DateOnly Tuesday = Scenario.Monday.AddDays(1);

    [Fact]
    public async Task New_events_cost_one_round_trip()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var proxy = MySqlFaultProxy.Start("127.0.0.1", shared.Server.Port);
        await using var scenario = await StartAsync(store, proxy);
        await scenario.Engine.Writer.WriteAsync(Scenario.Event(1, Scenario.Monday));

        var before = proxy.Commands;
        (await scenario.Engine.Writer.WriteAsync(Scenario.Event(2, Scenario.Monday))).Should().Be(EventOutcome.Stored);
        (proxy.Commands - before).Should().Be(1);
        await scenario.Engine.Writer.WriteBatchAsync([.. Enumerable.Range(10, 1_000).Select(i => Scenario.Event(i, Scenario.Monday))]);
        (proxy.Commands - before).Should().Be(2);

        (await store.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(1_002);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_day_that_another_instance_closed_makes_them_late(int count)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        var writer = scenario.Engine.Writer;
        await writer.WriteAsync(Scenario.Event(1, Scenario.Monday, 5));
        await using (var other = await Scenario.StartAsync(store))
            await other.CloseAsync(Scenario.Monday);

        var outcomes = await writer.WriteBatchAsync(
            [.. Enumerable.Range(2, count).Select(i => Scenario.Event(i, i == 2 ? Scenario.Monday : Tuesday, 10))]);

        outcomes.Should().Equal([EventOutcome.Late, .. Enumerable.Repeat(EventOutcome.Stored, count - 1)]);
        await scenario.CloseAsync(Tuesday);
        (await scenario.LinesAsync()).Where(l => l.UsageDate == Scenario.Monday).Select(l => (l.PostingDate, l.Quantity)).Should().Equal(
            (Scenario.Monday, 5), (Tuesday, 10));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_close_waits_for_a_statement_in_flight(int count)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.Engine.Writer.WriteAsync(Scenario.Event(100, Scenario.Monday, 5));
        await using var other = new MySqlConnection(store.ConnectionString);
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await other.ExecuteAsync(
            "INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity) VALUES "
            + $"('2024-07-09', X'{Scenario.Id(count):N}', 'video.view', 'v1', 'p1', 1)", transaction: transaction);

        // The last event waits for the other transaction, which may store its id.
        var write = scenario.Engine.Writer.WriteBatchAsync(
            [.. Enumerable.Range(1, count).Select(i => Scenario.Event(i, Scenario.Monday, 10))]);
        await UntilAsync(store, "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'");
        var close = scenario.CloseAsync(Scenario.Monday);
        await UntilAsync(store, "SELECT greatest(count(*) - 1, 0) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'");
        close.IsCompleted.Should().BeFalse("the statement holds its lock");
        await transaction.RollbackAsync();

        (await write).Should().OnlyContain(outcome => outcome == EventOutcome.Stored);
        await close;
        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(5 + 10 * count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task They_wait_for_a_close_that_is_starting(int count)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.Engine.Writer.WriteAsync(Scenario.Event(100, Scenario.Monday, 5));
        await using var closing = new MySqlConnection(store.ConnectionString);
        await closing.OpenAsync();
        await using var transaction = await closing.BeginTransactionAsync();
        await closing.ExecuteAsync("SELECT slot FROM writer_locks ORDER BY slot FOR UPDATE", transaction: transaction);

        var write = scenario.Engine.Writer.WriteBatchAsync(
            [.. Enumerable.Range(1, count).Select(i => Scenario.Event(i, Scenario.Monday, 10))]);
        await UntilAsync(store, "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'");
        await closing.ExecuteAsync(
            "UPDATE writer_locks SET closed_until = '2024-07-01 15:00:00', open_day = '2024-07-02'", transaction: transaction);
        await transaction.CommitAsync();

        (await write).Should().OnlyContain(outcome => outcome == EventOutcome.Late, "the state is read with the lock");
    }

    [Fact]
    public async Task Duplicates_and_conflicts_are_distinguished_and_leave_no_transaction_open()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        var writer = scenario.Engine.Writer;
        UsageEvent one = Scenario.Event(1, Scenario.Monday, 5), two = Scenario.Event(2, Scenario.Monday, 7);
        await writer.WriteAsync(one);

        (await writer.WriteAsync(one)).Should().Be(EventOutcome.Duplicate);
        (await writer.WriteBatchAsync([two, one, two])).Should().Equal(EventOutcome.Stored, EventOutcome.Duplicate, EventOutcome.Duplicate);
        UsageEvent[][] conflicts = [[one with { Quantity = 6 }], [Scenario.Event(3, Scenario.Monday), two with { ItemId = "x" }]];
        foreach (var conflict in conflicts)
            await writer.Awaiting(w => w.WriteBatchAsync(conflict)).Should().ThrowAsync<EventRejectedException>();

        await scenario.CloseAsync(Scenario.Monday);
        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Each_fault_of_the_statement_stores_them_once(int count)
    {
        var deadlock = ProxyFault.Error(1213, "40001", "Injected fault: deadlock found.");
        foreach (var fault in (ProxyFault[])[
            ProxyFault.CutBefore, ProxyFault.CutInsideCommand, ProxyFault.CutAfter, ProxyFault.CutInsideAnswer(2), deadlock])
        {
            await using var store = new MySqlUnderTest(shared.Server);
            await using var proxy = MySqlFaultProxy.Start("127.0.0.1", shared.Server.Port);
            await using var scenario = await StartAsync(store, proxy);
            await scenario.Engine.Writer.WriteAsync(Scenario.Event(100, Scenario.Monday, 5));
            var struck = 0;
            proxy.OnCommand = command => IsDirect(command) && ++struck == 1 ? fault : ProxyFault.None;

            var outcomes = await scenario.Engine.Writer.WriteBatchAsync(
                [.. Enumerable.Range(1, count).Select(i => Scenario.Event(i, Scenario.Monday, 10))]);

            struck.Should().Be(1);
            var isStored = fault == ProxyFault.CutAfter || fault == ProxyFault.CutInsideAnswer(2);
            outcomes.Should().OnlyContain(
                outcome => outcome == (isStored ? EventOutcome.Duplicate : EventOutcome.Stored), "the first attempt is one: {0}", fault);
            await scenario.CloseAsync(Scenario.Monday);
            (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(5 + 10 * count, fault.ToString());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Without_retries_a_lost_answer_is_an_unknown_outcome(int count)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var proxy = MySqlFaultProxy.Start("127.0.0.1", shared.Server.Port);
        await using var scenario = await StartAsync(store, proxy, retriesMax: 0);
        await scenario.Engine.Writer.WriteAsync(Scenario.Event(100, Scenario.Monday, 5));
        proxy.OnCommand = command => IsDirect(command) ? ProxyFault.CutAfter : ProxyFault.None;
        var events = Enumerable.Range(1, count).Select(i => Scenario.Event(i, Scenario.Monday, 10)).ToArray();

        var write = () => scenario.Engine.Writer.WriteBatchAsync(events);
        var error = (await write.Should().ThrowAsync<EventWriteException>()).Which;
        proxy.OnCommand = null;

        (error.IsOutcomeUnknown, error.IsTransient).Should().Be((true, true));
        (await scenario.Engine.Writer.WriteBatchAsync(events)).Should().OnlyContain(outcome => outcome == EventOutcome.Duplicate);
    }

    [Fact]
    public async Task Ids_of_any_characters_are_stored_as_they_are()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        string[] ids = ["abc", "abc ", "\U0001F600", "a\tb", "a'b\"c", "%_\\", "\\'", "a\0b", "@x", "?", "{0}", "x'); --", "\\N", "`"];

        foreach (var (id, i) in ids.Select((id, i) => (id, i)))
        {
            var one = Scenario.Event(2 * i + 1, Scenario.Monday, -i - 1, id, id);
            await scenario.Engine.Writer.WriteAsync(one);
            await scenario.Engine.Writer.WriteBatchAsync([one with { EventId = Scenario.Id(2 * i + 2) }, Scenario.Event(100 + i, Tuesday)]);
            (await scenario.LoadAsync(one, one with { EventId = Scenario.Id(2 * i + 2) })).Duplicates.Should().Be(2, id);
        }
    }

    [Fact]
    public async Task With_partitions_the_ids_are_stored_too()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var proxy = MySqlFaultProxy.Start("127.0.0.1", shared.Server.Port);
        await using var scenario = await StartAsync(store, proxy);
        var writer = scenario.Engine.Writer;
        await writer.WriteAsync(Scenario.Event(1, Scenario.Monday));
        await scenario.Services.GetRequiredService<EventPartitions>().AddAsync(new DateRange(Scenario.Monday, Tuesday));
        await writer.WriteAsync(Scenario.Event(2, Scenario.Monday)); // the state is another one than expected, and known from now on

        var before = proxy.Commands;
        await writer.WriteAsync(Scenario.Event(3, Scenario.Monday));
        await writer.WriteBatchAsync([Scenario.Event(4, Scenario.Monday), Scenario.Event(5, Tuesday)]);
        (proxy.Commands - before).Should().Be(2);

        (await writer.WriteBatchAsync([Scenario.Event(3, Scenario.Monday), Scenario.Event(6, Tuesday)])).Should().Equal(
            EventOutcome.Duplicate, EventOutcome.Stored);
        await writer.Awaiting(w => w.WriteAsync(Scenario.Event(3, Tuesday))).Should().ThrowAsync<EventRejectedException>();
        (await store.CountAsync("SELECT count(*) FROM event_ids JOIN usage_events USING (event_id, occurred_at)")).Should().Be(6);
    }

    private static bool IsDirect(ProxiedCommand command) =>
        command.Text.StartsWith("INSERT INTO usage_events ", StringComparison.Ordinal)
        || command.Text.StartsWith("START TRANSACTION; SELECT exp(", StringComparison.Ordinal);

    private static Task<Scenario> StartAsync(MySqlUnderTest store, MySqlFaultProxy proxy, int? retriesMax = null) => Scenario.StartAsync(
        store, use: settlement =>
        {
            var options = new MySqlStoreOptions { ConnectionString = store.Through(proxy) };
            settlement.UseMySql(retriesMax is { } max ? options with { RetriesMax = max } : options);
            if (retriesMax is { } retries)
                settlement.Configure(o => o.Writer = new UsageWriterOptions { RetriesMax = retries });
        });

    private static async Task UntilAsync(MySqlUnderTest store, string count)
    {
        while (await store.CountAsync(count) == 0)
            await Task.Delay(20);
    }
}
