namespace Settlements.Testing;

/// <summary>Contract tests of the usage writer: single events from many concurrent callers.</summary>
public abstract class EventWriterContract
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("SETTLEMENT_TESTS") == "long";

    private static DateOnly Tuesday => Scenario.Monday.AddDays(1);

    /// <summary>The statement interval of a short run; a long run tests all statements.</summary>
    protected virtual int ShortInterval => 7;

    protected abstract StoreUnderTest NewStore();

    [Fact]
    public async Task Every_acknowledged_write_is_stored_once_wherever_the_store_crashes()
    {
        var report = await CrashTest.RunAsync(
            () => new WriterJob(NewStore()), IsLong ? 1 : ShortInterval, TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        report.CrashPoints.Should().BeGreaterThan(20);
        report.RecoveredWithoutRestart.Should().BePositive("a writer retries after a transient error");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Concurrent_writes_of_the_same_ids_count_once(int committers)
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(
            store, new UsageWriterOptions { Committers = committers, GroupEventsMax = 25, QueueEventsMax = 100 });

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Task.Run(
            () => scenario.Engine.Writer.WriteAsync(Scenario.Event(i % 100 + 1, Scenario.Monday)))));
        await scenario.CloseAsync(Scenario.Monday);

        outcomes.Count(o => o == EventOutcome.Stored).Should().Be(100);
        outcomes.Count(o => o == EventOutcome.Duplicate).Should().Be(300);
        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(100);
    }

    [Fact]
    public async Task A_conflicting_event_fails_only_its_own_call()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store, new UsageWriterOptions());
        var writer = scenario.Engine.Writer;
        await writer.WriteAsync(Scenario.Event(1, Scenario.Monday, 5));

        var conflict = writer.WriteAsync(Scenario.Event(1, Scenario.Monday, 6));
        var conflictingBatch = writer.WriteBatchAsync([Scenario.Event(2, Scenario.Monday, 7), Scenario.Event(1, Scenario.Monday, 8)]);
        var neighbours = Enumerable.Range(10, 20).Select(i => writer.WriteAsync(Scenario.Event(i, Scenario.Monday, 100))).ToList();
        var duplicateBatch = writer.WriteBatchAsync([Scenario.Event(3, Scenario.Monday, 1_000), Scenario.Event(1, Scenario.Monday, 5)]);

        var rejected = (await conflict.Awaiting(w => w).Should().ThrowAsync<EventRejectedException>()).Which;
        rejected.Stored.Should().Be(
            Scenario.Event(1, Scenario.Monday, 5) with { OccurredAt = Scenario.Instant(Scenario.Monday, 12).ToUniversalTime() });
        rejected.Message.Should().Contain(",5").And.Contain(",6");
        await conflictingBatch.Awaiting(w => w).Should().ThrowAsync<EventRejectedException>();
        (await Task.WhenAll(neighbours)).Should().OnlyContain(o => o == EventOutcome.Stored);
        (await duplicateBatch).Should().Equal(EventOutcome.Stored, EventOutcome.Duplicate);
        await scenario.CloseAsync(Scenario.Monday);
        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(5 + 20 * 100 + 1_000);
    }

    [Fact]
    public async Task A_batch_reports_for_each_event_whether_it_is_stored_late_or_a_duplicate()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store, new UsageWriterOptions());
        var writer = scenario.Engine.Writer;
        await writer.WriteAsync(Scenario.Event(1, Scenario.Monday, 5));
        await scenario.CloseAsync(Scenario.Monday);

        var outcomes = await writer.WriteBatchAsync(
        [
            Scenario.Event(2, Tuesday), Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(3, Scenario.Monday, 30), Scenario.Event(
                2, Tuesday),
            Scenario.Event(3, Scenario.Monday, 30), Scenario.Event(4, Scenario.Monday.AddDays(-9), 400),
        ]);
        var again = await writer.WriteAsync(Scenario.Event(3, Scenario.Monday, 30));
        await scenario.CloseAsync(Tuesday);

        outcomes.Should().Equal(
            EventOutcome.Stored, EventOutcome.Duplicate, EventOutcome.Late, EventOutcome.Duplicate, EventOutcome.Duplicate,
            EventOutcome.Late);
        again.Should().Be(EventOutcome.Duplicate);
        (await scenario.LinesAsync()).Select(l => (l.PostingDate, l.Quantity)).Should().Equal(
            (Scenario.Monday, 5), (Tuesday, 400), (Tuesday, 30), (Tuesday, 1));
    }

    [Fact]
    public async Task Written_and_loaded_events_are_identical_to_the_byte()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store, new UsageWriterOptions());
        string[] ids =
        [
            "abc", "ABC", "abc ", "\U0001F600", "e\u0301", "a\tb", "a\nb", "a'b\"c", "a''b", "%_\\", "\\'", "a\0b",
            "x'); DROP TABLE usage_events; --", "\\N",
        ];
        var events = ids.Select((id, i) => Scenario.Event(
            i + 1, Scenario.Monday, (i % 2 == 0 ? 1 : -1) * UsageEvent.QuantityMax, id, id) with
        { OccurredAt = Scenario.Instant(Scenario.Monday, 1).AddMicroseconds(i) }).ToArray();

        await scenario.Engine.Writer.WriteBatchAsync(events);
        var loaded = await scenario.LoadAsync(events);
        var written = await scenario.Engine.Writer.WriteBatchAsync(events);

        (loaded.Sent, loaded.Duplicates).Should().Be((ids.Length, ids.Length));
        written.Should().OnlyContain(outcome => outcome == EventOutcome.Duplicate);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_write_concurrent_with_a_close_is_counted_on_its_day_or_late_and_never_lost(int committers)
    {
        const int Callers = 12;
        const int AfterwardsEach = 3;
        await using var store = NewStore();
        await using var scenario = await StartAsync(
            store, new UsageWriterOptions { Committers = committers, GroupEventsMax = 5, QueueEventsMax = 10 });
        var warm = new TaskCompletionSource();
        var closed = new TaskCompletionSource();
        var (last, outcomes) = (0, new System.Collections.Concurrent.ConcurrentBag<EventOutcome>());

        var callers = Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            for (var left = AfterwardsEach; left > 0 && last < 50_000;)
            {
                // Read before the write: a write that commits before the close may return after it.
                left -= closed.Task.IsCompleted ? 1 : 0;
                outcomes.Add(await scenario.Engine.Writer.WriteAsync(Scenario.Event(Interlocked.Increment(ref last), Scenario.Monday)));
                if (outcomes.Count > 3 * Callers)
                    warm.TrySetResult();
            }
        })).ToList();
        await await Task.WhenAny(warm.Task, Task.WhenAll(callers));
        await scenario.CloseAsync(Scenario.Monday);
        closed.SetResult();
        await Task.WhenAll(callers);
        await scenario.CloseAsync(Tuesday);

        var (stored, late) = (outcomes.Count(o => o == EventOutcome.Stored), outcomes.Count(o => o == EventOutcome.Late));
        (stored + late).Should().Be(last);
        stored.Should().BeGreaterThan(3 * Callers);
        late.Should().BeGreaterThanOrEqualTo(Callers * AfterwardsEach);
        (await scenario.LinesAsync()).Select(l => (l.PostingDate, l.Quantity)).Should().Equal((Scenario.Monday, stored), (Tuesday, late));
        (await scenario.Engine.Verifier.VerifyAsync(new DateRange(Scenario.Monday, Tuesday))).IsClean.Should().BeTrue();
        (await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Tuesday))).EventsPosted.Should().Be(0);
    }

    [Fact]
    public async Task Disposing_the_writer_commits_all_accepted_events()
    {
        await using var store = NewStore();
        var writes = new List<Task<EventOutcome>>();
        await using (var scenario = await StartAsync(store, new UsageWriterOptions { GroupEventsMax = 10, QueueEventsMax = 20 }))
            writes.AddRange(Enumerable.Range(1, 200).Select(i => scenario.Engine.Writer.WriteAsync(Scenario.Event(i, Scenario.Monday))));

        (await Task.WhenAll(writes)).Should().OnlyContain(outcome => outcome == EventOutcome.Stored);
        (await store.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(200);
    }

    private static Task<Scenario> StartAsync(StoreUnderTest store, UsageWriterOptions options) => Scenario.StartAsync(store, settlement =>
    {
        Scenario.UsualRates(settlement);
        settlement.Configure(o => o.Writer = options);
    });
}
