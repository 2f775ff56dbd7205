using Microsoft.Extensions.DependencyInjection;
using Settlements.Testing;

namespace Settlements.MySql.Tests;

/// <summary>Day partitions: the guarantees hold with them, and old events are dropped only if no open or kept day needs them.</summary>
public sealed class EventPartitionTests(SharedServer shared)
{
    private static readonly DateRange Week = new(Scenario.Monday, Scenario.Monday.AddDays(6));

    [Fact]
    public async Task A_table_with_events_is_partitioned_and_future_days_are_added()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(
            [.. Enumerable.Range(1, 30).Select(i => Scenario.Event(i, Scenario.Monday.AddDays(i % 10 - 2), hour: i % 24))]);
        var partitions = scenario.Services.GetRequiredService<EventPartitions>();
        (await partitions.ListAsync()).Should().BeEmpty();

        (await partitions.AddAsync(Week)).Should().Equal(Week.Each());
        (await partitions.AddAsync(new DateRange(Scenario.Monday.AddDays(3), Scenario.Monday.AddDays(8)))).Should()
            .Equal(Scenario.Monday.AddDays(7), Scenario.Monday.AddDays(8));
        (await partitions.AddAsync(Week)).Should().BeEmpty();

        (await partitions.ListAsync()).Should().HaveCount(9);
        (await store.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(30);
        (await store.CountAsync("SELECT count(*) FROM usage_events PARTITION (p20240701)")).Should()
            .Be(3, "a partition is a business day in Seoul");
        await scenario.CloseAsync(Scenario.Monday.AddDays(8));
        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(30);
    }

    [Fact]
    public async Task With_partitions_events_are_unique_by_id_and_late_events_are_recorded()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(2, Scenario.Monday, 5));
        await scenario.Services.GetRequiredService<EventPartitions>().AddAsync(Week);
        await scenario.CloseAsync(Scenario.Monday);

        var again = await scenario.LoadAsync(
            Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(3, Scenario.Monday, 7), Scenario.Event(3, Scenario.Monday, 7));
        var other = () => scenario.LoadAsync(
            Scenario.Event(4, Scenario.Monday.AddDays(1)), Scenario.Event(2, Scenario.Monday.AddDays(1), 5));

        (again.Stored, again.Duplicates, again.Late).Should().Be((1, 2, 1));
        (await other.Should().ThrowAsync<RowRejectedException>()).Which.RowNumber.Should().Be(2);
        await scenario.CloseAsync(Scenario.Monday.AddDays(1));
        (await scenario.LinesAsync()).Select(l => (l.PostingDate, l.Quantity))
            .Should().Equal((Scenario.Monday, 10), (Scenario.Monday.AddDays(1), 7));
        (await scenario.Engine.Verifier.VerifyAsync(Week)).IsClean.Should().BeTrue();
    }

    [Fact]
    public async Task With_separate_ids_the_outcome_of_each_event_is_returned()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        var writer = scenario.Engine.Writer;
        await writer.WriteAsync(Scenario.Event(1, Scenario.Monday, 5));
        await scenario.Services.GetRequiredService<EventPartitions>().AddAsync(Week);
        await scenario.CloseAsync(Scenario.Monday);

        var outcomes = await writer.WriteBatchAsync(
            [Scenario.Event(2, Scenario.Monday.AddDays(1)), Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(3, Scenario.Monday),
                Scenario.Event(3, Scenario.Monday)]);
        var conflict = () => writer.WriteAsync(Scenario.Event(1, Scenario.Monday.AddDays(1), 5));

        outcomes.Should().Equal(EventOutcome.Stored, EventOutcome.Duplicate, EventOutcome.Late, EventOutcome.Duplicate);
        (await conflict.Should().ThrowAsync<EventRejectedException>()).Which.Stored!.Value.Quantity.Should().Be(5);
        (await store.CountAsync("SELECT count(*) FROM event_ids")).Should().Be(3);
    }

    [Fact]
    public async Task Only_events_of_partitions_that_are_being_dropped_are_refused()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(
            store,
            s => s.Configure(o => o.Writer = new UsageWriterOptions { RetriesMax = 0 }),
            use: s => s.UseMySql(new MySqlStoreOptions { ConnectionString = store.ConnectionString, RetriesMax = 0 }));
        await store.ExecuteAsync($"UPDATE writer_locks SET dropping_before = {store.Literal(Scenario.Instant(Scenario.Monday, 0))}");

        var writes = Enumerable.Range(1, 50)
            .Select(i => scenario.Engine.Writer.WriteAsync(Scenario.Event(i, Scenario.Monday.AddDays(i == 20 ? -1 : 1)))).ToList();
        await Task.WhenAny(Task.WhenAll(writes));

        (await writes[19].Awaiting(w => w).Should().ThrowAsync<EventWriteException>().WithMessage("*partitions are being dropped*"))
            .Which.IsTransient.Should().BeTrue();
        writes.Count(write => write.IsCompletedSuccessfully).Should().Be(49);
        (await store.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(49);
    }

    [Fact]
    public async Task Verified_days_are_dropped_and_their_published_lines_and_ids_are_kept()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        var partitions = scenario.Services.GetRequiredService<EventPartitions>();
        await partitions.AddAsync(Week);
        await scenario.LoadAsync([.. Enumerable.Range(0, 7).Select(i => Scenario.Event(i + 1, Scenario.Monday.AddDays(i), 10))]);
        await scenario.CloseAsync(Scenario.Monday.AddDays(3));
        var published = await scenario.DumpAsync();

        (await partitions.DropAsync(Scenario.Monday.AddDays(2))).Should().Equal(Scenario.Monday, Scenario.Monday.AddDays(1));
        (await partitions.DropAsync(Scenario.Monday.AddDays(2))).Should().BeEmpty();

        (await store.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(5);
        (await scenario.DumpAsync()).Should().Be(published);
        var again = await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 10), Scenario.Event(99, Scenario.Monday, 3));
        (again.Duplicates, again.Late).Should().Be((1, 1), "a counted event is never counted again, and a new one is late");
        await scenario.CloseAsync(Scenario.Monday.AddDays(6));
        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(73);
        (await scenario.Engine.Verifier.VerifyAsync(Week)).Should().Match<VerificationReport>(r => r.IsClean && r.Days == 5);
    }

    [Fact]
    public async Task Days_that_are_open_differ_or_have_events_posted_to_a_kept_day_are_not_dropped()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        var partitions = scenario.Services.GetRequiredService<EventPartitions>();
        await partitions.AddAsync(Week);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 10), Scenario.Event(2, Scenario.Monday.AddDays(1), 10));
        await scenario.CloseAsync(Scenario.Monday);

        await Refused(Scenario.Monday.AddDays(2), "*2024-07-02*not published*");
        await scenario.LoadAsync(Scenario.Event(3, Scenario.Monday, 4));
        await scenario.CloseAsync(Scenario.Monday.AddDays(1));
        await Refused(Scenario.Monday.AddDays(1), "*was late*posted to 2024-07-02*");
        await store.ExecuteAsync("UPDATE usage_events SET quantity = 11 WHERE quantity = 10");
        await Refused(Scenario.Monday.AddDays(2), "*differ*'v1'*");
        await store.ExecuteAsync("UPDATE usage_events SET quantity = 10 WHERE quantity = 11");
        (await store.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(3);
        (await partitions.DropAsync(Scenario.Monday.AddDays(2))).Should().HaveCount(2);
        (await store.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(0);

        async Task Refused(DateOnly before, string message) =>
            (await partitions.Invoking(p => p.DropAsync(before)).Should().ThrowAsync<InvalidOperationException>()).WithMessage(message);
    }

    [Fact]
    public async Task While_partitions_are_dropped_their_events_are_refused()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        var partitions = scenario.Services.GetRequiredService<EventPartitions>();
        await partitions.AddAsync(Week);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 10));
        await scenario.CloseAsync(Scenario.Monday);

        // The state after a call that was interrupted midway.
        await store.ExecuteAsync("UPDATE writer_locks SET dropping_before = '2024-07-01 15:00:00'");
        var late = () => scenario.LoadAsync(Scenario.Event(2, Scenario.Monday, 4));
        await late.Should().ThrowAsync<MySqlStoreException>().WithMessage("*2024-07-01T15:00:00*being dropped*");
        await scenario.LoadAsync(Scenario.Event(3, Scenario.Monday.AddDays(1), 4));
        await partitions.DropAsync(Scenario.Monday.AddDays(1));

        (await late()).Late.Should().Be(1);
        await store.ExecuteAsync("UPDATE writer_locks SET dropping_before = '2024-07-01 15:00:00'");
        (await partitions.DropAsync(Scenario.Monday.AddDays(1))).Should().BeEmpty("they are gone already");
        await scenario.LoadAsync(Scenario.Event(5, Scenario.Monday, 4));
    }

    [Fact]
    public async Task Index_rows_of_reasons_and_references_are_deleted_only_with_their_event()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        var partitions = scenario.Services.GetRequiredService<EventPartitions>();
        await partitions.AddAsync(Week);
        await scenario.LoadAsync(
            [.. Enumerable.Range(0, 3)
                .Select(i => Scenario.Event(i + 1, Scenario.Monday.AddDays(i - 1), 10) with { Reason = "r", Reference = $"T-{i}" })]);
        await scenario.CloseAsync(Scenario.Monday);

        await partitions.DropAsync(Scenario.Monday.AddDays(1));

        (await NotedIdsAsync()).Should().Equal(Scenario.Id(1).ToString("N"), Scenario.Id(3).ToString("N"));
        (await store.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(2);

        // The state after a call that was interrupted after its partitions were dropped.
        await store.ExecuteAsync("UPDATE writer_locks SET dropping_before = '2024-07-01 15:00:00'");
        await store.ExecuteAsync(
            "INSERT INTO event_notes (meter, item_id, occurred_at, event_id) "
            + $"VALUES ('video.view', 'v1', '2024-07-01 03:00:00', X'{Scenario.Id(2):N}')");
        await partitions.DropAsync(Scenario.Monday.AddDays(1));
        (await NotedIdsAsync()).Should().Equal(Scenario.Id(1).ToString("N"), Scenario.Id(3).ToString("N"));

        async Task<IEnumerable<string>> NotedIdsAsync() =>
            (await store.ReadAsync("SELECT lower(hex(event_id)) FROM event_notes ORDER BY event_id"));
    }

    [Fact]
    public async Task Loads_by_several_writers_while_the_table_is_partitioned_lose_and_duplicate_nothing()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        var events = Enumerable.Range(1, 20_000).Select(i => Scenario.Event(i, Scenario.Monday.AddDays(i % 5))).ToArray();

        var load = scenario.LoadAsync(new UsageLoadOptions { ChunkRows = 500, Writers = 2 }, [.. events, .. events]);
        await scenario.Services.GetRequiredService<EventPartitions>().AddAsync(Week);
        var report = await load;
        var again = await scenario.LoadAsync(events);

        (report.Stored, report.Duplicates, again.Duplicates).Should().Be((20_000, 20_000, 20_000));
        (await store.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(20_000);
        (await store.CountAsync("SELECT count(*) FROM event_ids")).Should().Be(20_000);
    }
}
