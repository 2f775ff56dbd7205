using Microsoft.Extensions.Time.Testing;
using Settlements.Tests.Loading;

namespace Settlements.Tests.Usage;

/// <summary>Tests of a writer's groups, results, backpressure and cancellation.</summary>
public sealed class EventWriterTests
{
    /// <summary>Holds the commit of a group, so that later calls form the next group.</summary>
    private static readonly UsageWriterOptions One = new() { Committers = 1 };

    private readonly StoreGate _gate = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_write_returns_only_after_its_commit()
    {
        var store = new MemoryEventStore { OnCommitted = call => _gate.PassAsync(call, Token) };
        await using var writer = new UsageWriter(store);

        var write = writer.WriteAsync(Csv.Event(1), Token);
        await _gate.EnteredAsync();

        write.IsCompleted.Should().BeFalse("the store has not returned");
        _gate.Open();
        (await write).Should().Be(EventOutcome.Stored);
    }

    [Fact]
    public async Task Calls_during_a_commit_form_the_next_group()
    {
        var (store, writer) = Gated(One);
        await using var _ = writer;

        var first = writer.WriteAsync(Csv.Event(0), Token);
        await _gate.EnteredAsync();
        var others = Enumerable.Range(1, 500).Select(i => writer.WriteAsync(Csv.Event(i), Token)).ToList();
        _gate.Open();

        (await Task.WhenAll([first, .. others])).Should().OnlyContain(outcome => outcome == EventOutcome.Stored);
        store.BatchSizes.Should().Equal(1, 500);
    }

    [Fact]
    public async Task A_group_does_not_exceed_its_limit_and_batches_are_not_split()
    {
        var (store, writer) = Gated(new UsageWriterOptions { Committers = 1, GroupEventsMax = 10 });
        await using var _ = writer;

        var first = writer.WriteAsync(Csv.Event(0), Token);
        await _gate.EnteredAsync();
        var others = Enumerable.Range(1, 7)
            .Select(i => writer.WriteBatchAsync([.. Enumerable.Range(i * 10, 3).Select(n => Csv.Event(n))], Token)).ToList();
        _gate.Open();
        await Task.WhenAll(others);

        store.BatchSizes.Should().Equal(1, 9, 9, 3);
    }

    [Fact]
    public async Task Each_caller_receives_the_outcomes_of_its_events()
    {
        var (store, writer) = Gated(One, firstOpen: Csv.Event(1).OccurredAt);
        await using var _ = writer;
        var late = Csv.Event(3) with { OccurredAt = Csv.Event(3).OccurredAt.AddDays(-1) };

        var first = writer.WriteAsync(Csv.Event(1), Token);
        await _gate.EnteredAsync();
        var same = writer.WriteAsync(Csv.Event(1), Token);
        var several = writer.WriteBatchAsync([Csv.Event(2), late, Csv.Event(2)], Token);
        var none = await writer.WriteBatchAsync(Array.Empty<UsageEvent>(), Token);
        _gate.Open();

        (await first).Should().Be(EventOutcome.Stored);
        (await same).Should().Be(EventOutcome.Duplicate);
        (await several).Should().Equal(EventOutcome.Stored, EventOutcome.Late, EventOutcome.Duplicate);
        none.Should().BeEmpty();
        store.Events.Should().HaveCount(3);
    }

    [Fact]
    public async Task Callers_wait_while_the_queue_is_full_and_are_admitted_in_order()
    {
        var (store, writer) = Gated(new UsageWriterOptions { Committers = 1, QueueEventsMax = 3, GroupEventsMax = 3 });
        await using var _ = writer;

        var first = writer.WriteAsync(Csv.Event(0), Token);
        await _gate.EnteredAsync();
        var others = Enumerable.Range(1, 8).Select(i => writer.WriteAsync(Csv.Event(i), Token)).ToList();
        writer.Lengths.Should().Be((3, 5));
        _gate.Open();
        await Task.WhenAll(others);

        store.BatchSizes.Should().Equal(1, 3, 3, 2);
        store.Events.Select(e => e.EventId).Should().Equal(Enumerable.Range(0, 9).Select(Csv.Id));
        writer.Lengths.Should().Be((0, 0));
    }

    [Fact]
    public async Task A_caller_that_waits_longer_than_the_limit_is_refused_and_nothing_is_stored()
    {
        var clock = new FakeTimeProvider();
        var (store, writer) = Gated(
            new UsageWriterOptions
            {
                Committers = 1, QueueEventsMax = 1, GroupEventsMax = 1,
                QueueWaitMax = TimeSpan.FromSeconds(5)
            }, clock);
        await using var _ = writer;
        var first = writer.WriteAsync(Csv.Event(0), Token);
        await _gate.EnteredAsync();
        var queued = writer.WriteAsync(Csv.Event(1), Token);
        var waiting = writer.WriteAsync(Csv.Event(2), Token);

        clock.Advance(TimeSpan.FromSeconds(4.9));
        waiting.IsCompleted.Should().BeFalse();
        clock.Advance(TimeSpan.FromSeconds(0.1));

        var refused = (await waiting.Awaiting(w => w).Should().ThrowAsync<EventWriteException>()).Which;
        refused.Message.Should().Match("*(1 events, Writer.QueueEventsMax) stayed full for 5 s*No event of the call is stored.*");
        (refused.IsOutcomeUnknown, refused.IsTransient).Should().Be((false, true));
        _gate.Open();
        await Task.WhenAll(first, queued);
        store.Events.Select(e => e.EventId).Should().Equal(Csv.Id(0), Csv.Id(1));
    }

    [Fact]
    public async Task Cancellation_before_an_event_is_sent_stores_nothing_and_frees_its_space()
    {
        var (store, writer) = Gated(new UsageWriterOptions { Committers = 1, QueueEventsMax = 1, GroupEventsMax = 1 });
        await using var _ = writer;
        using var cancelQueued = new CancellationTokenSource();
        using var cancelWaiting = new CancellationTokenSource();
        var first = writer.WriteAsync(Csv.Event(0), Token);
        await _gate.EnteredAsync();
        var queued = writer.WriteAsync(Csv.Event(1), cancelQueued.Token);
        var waiting = writer.WriteAsync(Csv.Event(2), cancelWaiting.Token);
        var next = writer.WriteAsync(Csv.Event(3), Token);

        await cancelWaiting.CancelAsync();
        await cancelQueued.CancelAsync();

        (await queued.Awaiting(w => w.WaitAsync(TimeSpan.FromMinutes(1), Token)).Should().ThrowAsync<OperationCanceledException>())
            .Which.CancellationToken.Should().Be(cancelQueued.Token);
        await waiting.Awaiting(w => w.WaitAsync(TimeSpan.FromMinutes(1), Token)).Should().ThrowAsync<OperationCanceledException>();
        writer.Lengths.Should().Be((1, 0), "the next waiting call was admitted");
        _gate.Open();
        await Task.WhenAll(first, next);
        store.Events.Select(e => e.EventId).Should().Equal(Csv.Id(0), Csv.Id(3));
    }

    [Fact]
    public async Task Cancellation_after_an_event_was_sent_returns_its_outcome()
    {
        var (store, writer) = Gated(One);
        await using var _ = writer;
        using var cancel = new CancellationTokenSource();
        var write = writer.WriteAsync(Csv.Event(1), cancel.Token);
        await _gate.EnteredAsync();

        await cancel.CancelAsync();
        _gate.Open();

        (await write).Should().Be(EventOutcome.Stored);
        store.Events.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_call_with_a_cancelled_token_writes_nothing()
    {
        var store = new MemoryEventStore();
        await using var writer = new UsageWriter(store);

        await writer.Awaiting(w => w.WriteAsync(Csv.Event(1), new CancellationToken(canceled: true)))
            .Should().ThrowAsync<OperationCanceledException>();

        store.Calls.Should().Be(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Many_concurrent_callers_all_receive_outcomes_and_each_event_is_stored_once(int committers)
    {
        var store = new MemoryEventStore { OnCall = async (_, _) => await Task.Yield() };
        await using var writer = new UsageWriter(
            store, new UsageWriterOptions { Committers = committers, QueueEventsMax = 20, GroupEventsMax = 7 });

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(caller => Task.Run(async () =>
        {
            var own = new List<EventOutcome>();
            for (var i = 0; i < 100; i++)
                own.Add(await writer.WriteAsync(Csv.Event(caller / 2 * 100 + i), Token));
            return own;
        })));

        outcomes.SelectMany(o => o).GroupBy(o => o).Select(g => (g.Key, g.Count())).Should()
            .BeEquivalentTo([(EventOutcome.Stored, 2_500), (EventOutcome.Duplicate, 2_500)]);
        store.Events.Should().HaveCount(2_500);
        store.BatchSizes.Sum().Should().Be(5_000);
        writer.Lengths.Should().Be((0, 0));
    }

    [Fact]
    public async Task Concurrent_commits_do_not_exceed_the_number_of_committers()
    {
        var (_, writer) = Gated(new UsageWriterOptions { Committers = 2, GroupEventsMax = 1, QueueEventsMax = 10 });
        await using var _ = writer;

        var writes = Enumerable.Range(0, 5).Select(i => writer.WriteAsync(Csv.Event(i), Token)).ToList();
        await _gate.EnteredAsync();
        await _gate.EnteredAsync();

        writer.Lengths.QueuedEvents.Should().Be(3);
        _gate.Open();
        await Task.WhenAll(writes);
    }

    private (MemoryEventStore Store, UsageWriter Writer) Gated(
        UsageWriterOptions options, TimeProvider? clock = null, DateTimeOffset firstOpen = default)
    {
        var store = new MemoryEventStore { OnCall = _gate.PassAsync, FirstOpenInstant = firstOpen };
        return (store, new UsageWriter(store, options, clock));
    }
}
