using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>Contract tests of storing events.</summary>
public abstract class EventStoreContract
{
    protected abstract StoreUnderTest NewStore();

    [Fact]
    public async Task The_same_event_twice_counts_once_within_a_chunk_across_chunks_and_across_loads()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        var (a, b) = (Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(2, Scenario.Monday, 7));

        var first = await scenario.LoadAsync(new UsageLoadOptions { ChunkRows = 2 }, a, a, b, a, b);
        var second = await scenario.LoadAsync(b, a);
        await scenario.CloseAsync(Scenario.Monday);

        (first.Sent, first.Stored, first.Duplicates).Should().Be((5, 2, 3));
        (second.Sent, second.Stored, second.Duplicates).Should().Be((2, 0, 2));
        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(12);
    }

    [Fact]
    public async Task The_same_id_with_other_content_is_an_error_that_names_both_and_stores_nothing_of_its_chunk()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));

        var load = () => scenario.LoadAsync(Scenario.Event(2, Scenario.Monday, 3), Scenario.Event(1, Scenario.Monday, 6));

        var error = (await load.Should().ThrowAsync<RowRejectedException>()).Which;
        error.RowNumber.Should().Be(2);
        error.Message.Should().Contain("stored").And.Contain("v1").And.Contain(",5").And.Contain(",6");
        await scenario.CloseAsync(Scenario.Monday);
        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(5, "the failing chunk leaves nothing behind");
    }

    [Theory]
    [InlineData("item")]
    [InlineData("payee")]
    [InlineData("meter")]
    [InlineData("instant")]
    public async Task An_event_that_differs_in_any_column_conflicts(string difference)
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        var original = Scenario.Event(1, Scenario.Monday, 5);
        await scenario.LoadAsync(original);

        var load = () => scenario.LoadAsync(difference switch
        {
            "item" => original with { ItemId = "V1" },
            "payee" => original with { PayeeId = "P1" },
            "meter" => original with { Meter = "ad.view" },
            _ => original with { OccurredAt = original.OccurredAt.AddMicroseconds(1) },
        });

        await load.Should().ThrowAsync<RowRejectedException>();
    }

    [Fact]
    public async Task Conflicts_within_the_limit_are_rejected_and_the_rest_is_stored()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        var rejected = new List<RejectedRow>();
        var options = new UsageLoadOptions
        {
            RejectsMax = 1, OnRejected = (row, _) => { rejected.Add(row); return ValueTask.CompletedTask; },
        };

        var report = await scenario.LoadAsync(options, Scenario.Event(2, Scenario.Monday, 3), Scenario.Event(1, Scenario.Monday, 6));

        (report.Stored, report.Rejected).Should().Be((1, 1));
        rejected.Should().ContainSingle().Which.RowNumber.Should().Be(2);
        await scenario.CloseAsync(Scenario.Monday);
        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(8);
    }

    [Fact]
    public async Task Ids_are_compared_and_ordered_by_bytes()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        string[] ids = ["abc", "ABC", "aBc", "ab", "abc ", "ｚ", "\U0001F600", "é", "e\u0301", "a\tb", "a'b\"c", "%_\\", "a\0b"];

        await scenario.LoadAsync([.. ids.Select((id, i) => Scenario.Event(i + 1, Scenario.Monday, i + 1, item: id, payee: id))]);
        await scenario.CloseAsync(Scenario.Monday);

        var lines = await scenario.LinesAsync();
        lines.Select(l => l.ItemId).Should().Equal(ids.Order(Utf8Order.Instance));
        lines.Select(l => (l.ItemId, l.PayeeId, l.Quantity)).Should().BeEquivalentTo(ids.Select((id, i) => (id, id, (long)i + 1)));
    }

    [Fact]
    public async Task Ids_of_64_characters_are_stored_completely()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        var id = string.Concat(Enumerable.Repeat("\U0001F600", 64));

        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 2, item: id, payee: id));
        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LineAsync(Scenario.Monday)).ItemId.Should().Be(id);
    }

    [Fact]
    public async Task Concurrent_loads_store_each_event_once_and_report_consistent_counts()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 1));
        await scenario.CloseAsync(Scenario.Monday);
        var events = Enumerable.Range(1, 2_000).Select(i => Scenario.Event(i, Scenario.Monday.AddDays(i % 3), 1, $"v{i % 7}")).ToArray();
        events[0] = Scenario.Event(1, Scenario.Monday, 1);

        var report = await scenario.LoadAsync(new UsageLoadOptions { ChunkRows = 50, Writers = 4 }, [.. events, .. events]);
        await scenario.CloseAsync(Scenario.Monday.AddDays(2));

        (report.Sent, report.Stored, report.Duplicates, report.Rejected).Should().Be((4_000, 1_999, 2_001, 0));
        report.Late.Should().Be(events.Skip(1).Count(e => e.OccurredAt < Scenario.Instant(Scenario.Monday, 24)));
        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(2_000);
    }

    [Fact]
    public async Task Parallel_writers_of_a_load_apply_the_limit_of_rejects_exactly()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        var events = Enumerable.Range(1, 600).Select(i => Scenario.Event(i, Scenario.Monday, 1)).ToArray();
        await scenario.LoadAsync(events);
        var others = Enumerable.Range(1, 1_200).Select(i => Scenario.Event(i, Scenario.Monday, i % 20 == 0 && i <= 600 ? 2 : 1)).ToArray();
        var rejected = new List<long>();
        UsageLoadOptions Options(int max) => new()
        {
            ChunkRows = 50, Writers = 4, RejectsMax = max,
            OnRejected = (row, _) => { rejected.Add(row.RowNumber); return ValueTask.CompletedTask; },
        };

        var tooFew = () => scenario.LoadAsync(Options(29), others);
        await tooFew.Should().ThrowAsync<RowRejectedException>();
        rejected.Count.Should().BeLessThan(30);
        rejected.Clear();
        var report = await scenario.LoadAsync(Options(30), others);

        report.Rejected.Should().Be(30);
        (report.Stored + report.Duplicates).Should().Be(1_170);
        rejected.Order().Should().Equal(Enumerable.Range(1, 30).Select(i => i * 20L));
    }
}
