using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Settlements.Stores;
using Settlements.Tests.Loading;

namespace Settlements.Tests.Usage;

/// <summary>
/// Tests of a writer's failures: errors of a call reach only its caller, store errors are reported, disposal loses nothing.
/// </summary>
public sealed class EventWriterFailureTests
{
    private static readonly UsageWriterOptions One = new() { Committers = 1 };

    private readonly StoreGate _gate = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Malformed => new()
    {
        { "quantity", "column 'quantity': The quantity is 0. Use*" },
        { "item_id", "column 'item_id': The text has 65 characters*limit of 64*" },
        { "meter", "column 'meter': The text is empty.*" },
        { "payee_id", "column 'payee_id': The text contains an unpaired surrogate*" },
        { "occurred_at", "column 'occurred_at': '0001-01-01T00:00:00Z' is before 1900-01-02*" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_event_fails_its_caller_before_it_is_sent(string column, string message)
    {
        var store = new MemoryEventStore();
        await using var writer = new UsageWriter(store, One);
        var wrong = column switch
        {
            "quantity" => Csv.Event(1, quantity: 0),
            "item_id" => Csv.Event(1) with { ItemId = new string('x', 65) },
            "meter" => Csv.Event(1) with { Meter = null! },
            "payee_id" => Csv.Event(1) with { PayeeId = "\uD800" },
            _ => Csv.Event(1) with { OccurredAt = default },
        };

        var alone = (await writer.Awaiting(w => w.WriteAsync(wrong, Token)).Should().ThrowAsync<EventRejectedException>()).Which;
        var together = () => writer.WriteBatchAsync([Csv.Event(2), wrong], Token);

        alone.Message.Should().Match($"Event {Csv.Id(1)}, {message}");
        (alone.Column, alone.Event, alone.Stored).Should().Be((column, wrong, null));
        (await together.Should().ThrowAsync<EventRejectedException>()).WithMessage("*None of the 2 events of the call is stored.");
        store.Calls.Should().Be(0);
    }

    [Fact]
    public async Task The_same_id_with_other_content_fails_only_its_caller_and_names_both()
    {
        var store = new MemoryEventStore { OnCall = _gate.PassAsync };
        await using var writer = new UsageWriter(store, One);
        var first = writer.WriteAsync(Csv.Event(1, 5), Token);
        await _gate.EnteredAsync();

        var other = writer.WriteAsync(Csv.Event(1, 6), Token);
        var neighbours = Enumerable.Range(2, 5).Select(i => writer.WriteAsync(Csv.Event(i), Token)).ToList();
        _gate.Open();

        var rejected = (await other.Awaiting(w => w).Should().ThrowAsync<EventRejectedException>()).Which;
        rejected.Message.Should().Match(
            $"Event {Csv.Id(1)} is already stored with different content: stored *,5, sent *,6. Use a unique id for each event.");
        rejected.Stored.Should().Be(Csv.Event(1, 5));
        (await Task.WhenAll([first, .. neighbours])).Should().OnlyContain(outcome => outcome == EventOutcome.Stored);
        store.BatchSizes.Should().Equal([1, 6], "a conflict causes no further transaction");
    }

    [Fact]
    public async Task A_conflict_in_a_batch_stores_nothing_of_the_batch_and_all_other_calls()
    {
        var store = new MemoryEventStore { OnCall = _gate.PassAsync };
        await using var writer = new UsageWriter(store, One);
        var first = writer.WriteAsync(Csv.Event(1, 5), Token);
        await _gate.EnteredAsync();

        var broken = writer.WriteBatchAsync([Csv.Event(2), Csv.Event(1, 6)], Token);
        var single = writer.WriteAsync(Csv.Event(3), Token);
        var duplicateBatch = writer.WriteBatchAsync([Csv.Event(4), Csv.Event(1, 5)], Token);
        var ownConflict = writer.WriteBatchAsync([Csv.Event(6), Csv.Event(6, 2)], Token);
        _gate.Open();

        await broken.Awaiting(w => w).Should().ThrowAsync<EventRejectedException>().WithMessage("*None of the 2 events*");
        await ownConflict.Awaiting(w => w).Should().ThrowAsync<EventRejectedException>();
        (await single).Should().Be(EventOutcome.Stored);
        (await duplicateBatch).Should().Equal(EventOutcome.Stored, EventOutcome.Duplicate);
        await first;
        store.Events.Select(e => e.EventId).Should().BeEquivalentTo([Csv.Id(1), Csv.Id(3), Csv.Id(4)]);
    }

    [Fact]
    public async Task A_transient_error_is_retried_up_to_the_limit_and_a_lost_response_counts_once()
    {
        var store = new MemoryEventStore { OnCommitted = call => call <= 2 ? throw new TransientStoreError() : Task.CompletedTask };
        await using var writer = new UsageWriter(
            store, new UsageWriterOptions { Committers = 1, RetryDelay = TimeSpan.Zero, RetriesMax = 2 });

        (await writer.WriteAsync(Csv.Event(1), Token))
            .Should().Be(EventOutcome.Duplicate, "the attempt with the lost response had stored it");
        (store.Calls, store.Events.Count).Should().Be((3, 1));
    }

    [Fact]
    public async Task An_unavailable_store_fails_the_call_after_the_retries_with_an_unknown_outcome()
    {
        var store = new MemoryEventStore { OnCall = (_, _) => throw new TransientStoreError() };
        await using var writer = new UsageWriter(
            store, new UsageWriterOptions { Committers = 1, RetryDelay = TimeSpan.Zero, RetriesMax = 2 });

        var failed = (await writer.Awaiting(w => w.WriteAsync(Csv.Event(1), Token)).Should().ThrowAsync<EventWriteException>()).Which;

        failed.Message.Should().Match("The store failed: *Whether the events are stored is unknown. Retry with the same event ids*");
        (failed.IsOutcomeUnknown, failed.IsTransient, failed.InnerException is TransientStoreError).Should().Be((true, true, true));
        store.Calls.Should().Be(3);
    }

    [Fact]
    public async Task An_event_that_the_store_refuses_fails_only_its_call_and_the_others_are_stored_once()
    {
        var store = new MemoryEventStore
        {
            OnCall = _gate.PassAsync,
            Poison = e => e.EventId == Csv.Id(37) || e.EventId == Csv.Id(38) ? new InvalidOperationException("Not this one.") : null,
        };
        await using var writer = new UsageWriter(store, One);
        var first = writer.WriteAsync(Csv.Event(0), Token);
        await _gate.EnteredAsync();
        var writes = Enumerable.Range(1, 200).Select(i => writer.WriteAsync(Csv.Event(i), Token)).ToList();
        _gate.Open();

        await Task.WhenAny(Task.WhenAll([first, .. writes]));

        writes.Select((write, i) => (write, i)).Where(w => w.write.IsFaulted).Select(w => w.i + 1).Should().Equal(37, 38);
        writes[36].Exception!.InnerException.Should().BeOfType<EventWriteException>().Which.IsTransient.Should().BeFalse();
        store.Events.Should().HaveCount(199);
        store.Calls.Should().BeLessThan(60, "the others are not retried individually");
    }

    [Fact]
    public async Task A_permanently_failing_store_is_not_called_once_per_caller()
    {
        var store = new MemoryEventStore
        {
            OnCall = _gate.PassAsync, Poison = e => e.EventId == Csv.Id(0) ? null : new InvalidOperationException("Broken."),
        };
        await using var writer = new UsageWriter(store, One);
        var first = writer.WriteAsync(Csv.Event(0), Token);
        await _gate.EnteredAsync();
        var writes = Enumerable.Range(1, 500).Select(i => writer.WriteAsync(Csv.Event(i), Token)).ToList();
        _gate.Open();

        await Task.WhenAny(Task.WhenAll([first, .. writes]));

        writes.Should().OnlyContain(write => write.IsFaulted);
        store.Calls.Should().Be(5, "the first event, the group, and three events of it individually");
        (await writer.WriteAsync(Csv.Event(0), Token)).Should().Be(EventOutcome.Duplicate, "a writer continues after a failure");
    }

    [Fact]
    public async Task A_disposed_writer_commits_accepted_events_and_refuses_new_ones()
    {
        var store = new MemoryEventStore { OnCall = _gate.PassAsync };
        var writer = new UsageWriter(store, new UsageWriterOptions { Committers = 1, QueueEventsMax = 2, GroupEventsMax = 2 });
        var writes = Enumerable.Range(0, 9).Select(i => writer.WriteAsync(Csv.Event(i), Token)).ToList();
        await _gate.EnteredAsync();

        var disposed = writer.DisposeAsync().AsTask();
        var after = (await writer.Awaiting(w => w.WriteAsync(Csv.Event(99), Token)).Should().ThrowAsync<EventWriteException>()).Which;
        disposed.IsCompleted.Should().BeFalse();
        _gate.Open();
        await disposed;

        store.Events.Should().HaveCount(9);
        (await Task.WhenAll(writes)).Should().OnlyContain(outcome => outcome == EventOutcome.Stored);
        after.Message.Should().Match("The writer is stopped*No event of the call is stored.*");
        after.IsOutcomeUnknown.Should().BeFalse();
        await writer.DisposeAsync();
    }

    [Fact]
    public async Task Disposal_is_limited_in_time_and_each_caller_learns_whether_its_events_were_sent()
    {
        var clock = new FakeTimeProvider();
        var store = new MemoryEventStore { OnCall = _gate.PassAsync };
        var writer = new UsageWriter(store, new UsageWriterOptions { Committers = 1, DrainMax = TimeSpan.FromSeconds(3) }, clock);
        var sent = writer.WriteAsync(Csv.Event(1), Token);
        await _gate.EnteredAsync();
        var queued = writer.WriteAsync(Csv.Event(2), Token);

        var disposed = writer.DisposeAsync().AsTask();
        clock.Advance(TimeSpan.FromSeconds(3));
        await disposed;

        (await sent.Awaiting(w => w).Should().ThrowAsync<EventWriteException>()).Which.IsOutcomeUnknown.Should().BeTrue();
        (await queued.Awaiting(w => w).Should().ThrowAsync<EventWriteException>()).Which.IsOutcomeUnknown.Should().BeFalse();
        store.Events.Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disposing_the_services_commits_before_the_store_is_disposed(bool asynchronously)
    {
        var store = new DisposableStore(_gate);
        var services = new ServiceCollection()
            .AddSingleton<IEventStore>(_ => store)
            .AddSettlement(settlement => settlement.UseStore("memory").Calendar("Asia/Seoul").Meter("video.view"))
            .BuildServiceProvider();
        var writer = services.GetRequiredService<UsageWriter>();
        var write = writer.WriteAsync(Csv.Event(1), Token);
        await _gate.EnteredAsync();

        var stopped = Task.Run(async () =>
        {
            if (asynchronously)
                await services.DisposeAsync();
            else
                services.Dispose();
        }, Token);
        _gate.Open();
        await stopped;

        (await write).Should().Be(EventOutcome.Stored);
        store.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task A_batch_larger_than_a_transaction_is_refused_with_the_limit()
    {
        await using var writer = new UsageWriter(new MemoryEventStore(), new UsageWriterOptions { GroupEventsMax = 2 });

        var write = () => writer.WriteBatchAsync([Csv.Event(1), Csv.Event(2), Csv.Event(3)], Token);

        await write.Should().ThrowAsync<ArgumentException>().WithMessage(
            "3 events exceed the limit of 2 events per call (Writer.GroupEventsMax)*");
    }

    [Fact]
    public void All_invalid_options_are_reported_at_once()
    {
        var make = () => new UsageWriter(new MemoryEventStore(), new UsageWriterOptions
        {
            GroupEventsMax = 0, QueueEventsMax = 0, QueueWaitMax = TimeSpan.FromHours(2), Committers = 0, RetriesMax = -1,
            RetryDelay = TimeSpan.FromHours(1), DrainMax = TimeSpan.FromSeconds(-1),
        });

        make.Should().Throw<ArgumentException>().WithMessage(
            "*GroupEventsMax is 0; use 1 to 100000.*QueueEventsMax is 0; use 1 to 1000000.*QueueWaitMax is 02:00:00*Committers is "
            + "0*RetriesMax is -1*RetryDelay*DrainMax*");
    }

    private sealed class TransientStoreError() : DbException("The server is unavailable.")
    {
        public override bool IsTransient => true;
    }

    private sealed class DisposableStore(StoreGate gate) : IEventStore, IDisposable
    {
        private readonly MemoryEventStore _store = new();

        public bool IsDisposed { get; private set; }

        public Task<StoredBatch> StoreAsync(EventBatch batch, int conflictsMax, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<StoredBatch> StoreInTransactionAsync(
            DbTransaction transaction, EventBatch batch, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<EventNote>> ListNotesAsync(
            string meter, string itemId, string payeeId, UtcRange range, int countMax, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public async Task<StoredBatch> StoreWithOutcomesAsync(EventBatch batch, int conflictsMax, CancellationToken cancellationToken)
        {
            await gate.PassAsync(1, cancellationToken);
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return await _store.StoreWithOutcomesAsync(batch, conflictsMax, cancellationToken);
        }

        public void Dispose() => IsDisposed = true;
    }
}
