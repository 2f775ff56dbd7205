using System.Data;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>Contract tests of reasons and references: they are part of an event's content and are listed by line.</summary>
public abstract class EventReasonContract
{
    private static readonly UtcRange Day = new(Scenario.Instant(Scenario.Monday, 0), Scenario.Instant(Scenario.Monday, 24));

    protected abstract StoreUnderTest NewStore();

    /// <summary>Prepares the database before the first event is stored.</summary>
    protected virtual Task PrepareAsync(Scenario scenario) => Task.CompletedTask;

    [Fact]
    public async Task Reasons_and_references_are_listed_by_line_ordered_by_instant_and_id_for_every_input_method()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        var csv = "event_id,occurred_at,meter,item_id,payee_id,quantity,reason,reference\n"
            + $"{Scenario.Id(4)},2024-07-01T03:00:00Z,video.view,v1,p1,-4,\"bots, all\",T-4\n"
            + $"{Scenario.Id(5)},2024-07-01T03:00:00Z,video.view,v1,p1,5,,\n";

        await scenario.LoadAsync(
            Event(3, -3, "c", "T-3"), Event(1, 1), Event(2, 2, reference: "T-2"), Event(6, 6, "other item") with { ItemId = "v2" },
            Event(7, 7, "other payee") with { PayeeId = "p2" }, Event(8, 8, "other meter") with { Meter = "ad.view" },
            Event(9, 9, "next day") with { OccurredAt = Day.End });
        await scenario.Engine.Events.LoadCsvAsync(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(csv)));
        await scenario.Engine.Writer.WriteAsync(Event(10, 10, "written", hour: 11));
        await WriteAsync(store, scenario, Event(11, 11, "within"));

        (await ListAsync(scenario)).Select(n => (n.EventId, n.Quantity, n.Reason, n.Reference)).Should().Equal(
            (Scenario.Id(10), 10, "written", null), (Scenario.Id(2), 2, null, "T-2"), (Scenario.Id(3), -3, "c", "T-3"),
            (Scenario.Id(4), -4, "bots, all", "T-4"), (Scenario.Id(11), 11, "within", null));
        (await ListAsync(scenario, countMax: 2)).Select(n => n.EventId).Should().Equal(Scenario.Id(10), Scenario.Id(2));
        (await ListAsync(scenario)).Should().AllSatisfy(n => n.PostingDate.Should().BeNull());
        (await store.CountAsync("SELECT count(*) FROM event_notes")).Should().Be(9);
        (await store.CountAsync("SELECT count(*) FROM usage_events WHERE reason = '' OR reference = ''")).Should().Be(0);
    }

    [Fact]
    public async Task A_late_event_is_listed_with_its_posting_date()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await scenario.LoadAsync(Event(1, 500));
        await scenario.CloseAsync(Scenario.Monday);

        var report = await scenario.LoadAsync(Event(2, -243, "refund", "order 17"), Event(3, 1));
        var again = await scenario.LoadAsync(Event(2, -243, "refund", "order 17"));

        (report.Late, again.Duplicates).Should().Be((2, 1));
        (await ListAsync(scenario)).Should().BeEquivalentTo(
            [new EventNote(Scenario.Id(2), Scenario.Instant(Scenario.Monday, 12), -243, Scenario.Monday.AddDays(1), "refund", "order 17")],
            o => o.WithStrictOrdering());
        await scenario.CloseAsync(Scenario.Monday.AddDays(1));
        (await scenario.LineAsync(Scenario.Monday.AddDays(1))).Quantity.Should().Be(-242);
    }

    [Theory]
    [InlineData("a", "T", "b", "T")]
    [InlineData("a", "T", "a", "U")]
    [InlineData("a", "T", null, "T")]
    [InlineData(null, "a", "a", null)]
    [InlineData(null, null, "a", null)]
    [InlineData("a", null, null, null)]
    public async Task An_event_with_another_reason_or_reference_conflicts_and_the_error_names_both(
        string? reason, string? reference, string? otherReason, string? otherReference)
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        var stored = Event(1, 5, reason, reference);
        var sent = Event(1, 5, otherReason, otherReference);
        await scenario.LoadAsync(stored);

        var load = await FluentActions.Awaiting(() => scenario.LoadAsync(Event(2, 1, "x"), sent))
            .Should().ThrowAsync<RowRejectedException>();
        var write = await FluentActions.Awaiting(() => scenario.Engine.Writer.WriteAsync(sent))
            .Should().ThrowAsync<EventRejectedException>();
        var within = await FluentActions.Awaiting(() => WriteAsync(store, scenario, sent)).Should().ThrowAsync<EventRejectedException>();

        foreach (var message in new[] { load.Which.Message, write.Which.Message, within.Which.Message })
            message.Should().Contain($"stored {Shown(stored)}, sent {Shown(sent)}.");
        (write.Which.Stored!.Value.Reason, write.Which.Stored.Value.Reference).Should().Be((reason, reference));
        (await scenario.LoadAsync(stored)).Duplicates.Should().Be(1);
        (await ListAsync(scenario)).Should().HaveCount(reason is null && reference is null ? 0 : 1);
    }

    [Fact]
    public async Task Reasons_and_references_of_any_characters_up_to_the_limit_are_stored_unchanged()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        var longest = Event(
            1, 1, string.Concat(Enumerable.Repeat("\U0001F600", UsageEvent.ReasonLengthMax)),
            string.Concat(Enumerable.Repeat("\U0001F600", UsageEvent.ReferenceLengthMax)));
        string[] texts = ["\\N", "a\0b", "a\tb\r\nc", "it's \"so\"", "\\", "%_"];

        await scenario.LoadAsync([longest, .. texts.Select((text, i) => Event(i + 2, 1, text, text))]);
        await scenario.Engine.Writer.WriteBatchAsync([.. texts.Select((text, i) => Event(i + 20, 1, text, text, hour: 13))]);

        (await ListAsync(scenario)).Select(n => (n.Reason, n.Reference)).Should().Equal(
            [(longest.Reason, longest.Reference), .. texts.Concat(texts).Select(text => (text, text))]);
    }

    [Fact]
    public async Task Rejected_events_leave_no_reason_or_reference()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await scenario.LoadAsync(Event(1, 5));

        await FluentActions.Awaiting(() => scenario.LoadAsync(Event(2, 1, "x"), Event(1, 6, "y")))
            .Should().ThrowAsync<RowRejectedException>();

        (await store.CountAsync("SELECT count(*) FROM event_notes")).Should().Be(0);
        (await ListAsync(scenario)).Should().BeEmpty();
        await scenario.Services.GetRequiredService<IEventStore>().Invoking(s => s.ListNotesAsync("m", "i", "p", Day, 0, default))
            .Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    private static UsageEvent Event(int id, long quantity, string? reason = null, string? reference = null, double hour = 12) =>
        Scenario.Event(id, Scenario.Monday, quantity, hour: hour) with { Reason = reason, Reference = reference };

    private static Task<IReadOnlyList<EventNote>> ListAsync(Scenario scenario, int countMax = 100) =>
        scenario.Services.GetRequiredService<IEventStore>().ListNotesAsync("video.view", "v1", "p1", Day, countMax, default);

    private async Task<Scenario> StartAsync(StoreUnderTest store)
    {
        var scenario = await Scenario.StartAsync(store);
        await PrepareAsync(scenario);
        return scenario;
    }

    private static string Shown(UsageEvent billable) => "2024-07-01T03:00:00Z,video.view,v1,p1,5"
        + (billable.Reason is null && billable.Reference is null ? "" : $",{billable.Reason},{billable.Reference}");

    private static async Task WriteAsync(StoreUnderTest store, Scenario scenario, UsageEvent billable)
    {
        await using var connection = await store.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);
        await scenario.Engine.Writer.WriteAsync(transaction, [billable]);
        await transaction.CommitAsync();
    }
}
