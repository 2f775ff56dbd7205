using System.Text;
using Microsoft.Extensions.Time.Testing;
using Settlements.Tests.Loading;

namespace Settlements.Tests.Usage;

/// <summary>Tests of the acceptance of well-formed events by meter, usage date and distance into the future.</summary>
public sealed class EventPolicyTests
{
    private static readonly DateTimeOffset Now = new(2024, 7, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Now);

    [Theory]
    [InlineData("video.view")]
    [InlineData("video.seconds")]
    public void An_event_of_a_priced_or_a_declared_meter_is_accepted(string meter) =>
        Check(Event() with { Meter = meter }).Should().BeNull();

    [Theory]
    [InlineData("vv.typo")]
    [InlineData("Video.view")]
    [InlineData("video.view ")]
    public void An_unknown_meter_is_rejected_with_the_remedies(string meter) =>
        Check(Event() with { Meter = meter }).Should().Be(new Rejection(
        "meter",
        $"Meter '{meter}' has no rates and is not declared. Correct the name, add rates with Rates(\"{meter}\", …), or "
        + $"declare it as unpriced with Meter(\"{meter}\")."));

    [Theory]
    [InlineData("2024-05-31T14:59:59.999999Z", "v1", "p1", "2024-05-31")]
    [InlineData("2024-05-31T15:00:00Z", "v1", "p1", null)]
    [InlineData("2024-04-30T14:59:59.999999Z", "own item", "p1", "2024-04-30")]
    [InlineData("2024-04-30T15:00:00Z", "own item", "p1", null)]
    [InlineData("2024-03-31T15:00:00Z", "v1", "own payee", null)]
    [InlineData("2024-03-31T14:59:59.999999Z", "own item", "own payee", "2024-03-31")]
    [InlineData("2024-03-31T15:00:00Z", "own item", "own payee", null)]
    [InlineData("2024-04-30T15:00:00Z", "OWN ITEM", "OWN PAYEE", "2024-05-01")]
    public void A_usage_date_that_no_version_covers_for_item_payee_or_meter_is_refused(
        string instant, string item, string payee, string? usageDate)
    {
        var rejection = Check(Event() with { OccurredAt = DateTimeOffset.Parse(instant, null), ItemId = item, PayeeId = payee });

        if (usageDate is null)
        {
            rejection.Should().BeNull();
            return;
        }

        rejection.Should().Be(new Rejection(
            "occurred_at",
            $"'{instant}' has the usage date {usageDate}, which no rate version of meter 'video.view' covers for "
                + $"item '{item}' and payee '{payee}': "
            + "the first version of the meter starts on 2024-06-01. Correct the instant, or add a version that covers the date."));
    }

    [Fact]
    public void A_meter_with_only_item_overrides_accepts_only_these_items()
    {
        var only = Event() with { Meter = "only.items" };

        Check(only with { ItemId = "own item" }).Should().BeNull();
        Check(only)!.Reason.Should().Contain("the meter has only overrides of items and payees");
    }

    [Fact]
    public void Events_before_the_first_business_day_are_refused_also_for_unpriced_meters()
    {
        var first = new DateTimeOffset(2024, 6, 9, 15, 0, 0, TimeSpan.Zero);

        Check(Event() with { OccurredAt = first }, o => o.StartsOn = new DateOnly(2024, 6, 10)).Should().BeNull();
        foreach (var meter in new[] { "video.view", "video.seconds" })
        {
            Check(Event() with { OccurredAt = first.AddMicroseconds(-1), Meter = meter }, o => o.StartsOn = new DateOnly(2024, 6, 10))
                .Should().Be(
                new Rejection(
                    "occurred_at",
                    "'2024-06-09T14:59:59.999999Z' is before 2024-06-10, the first business day (StartsOn). Correct "
                        + "the instant, or omit the event."));
        }

        Check(Event() with { OccurredAt = new(1999, 1, 1, 0, 0, 0, TimeSpan.Zero), Meter = "video.seconds" }).Should().BeNull(
            "it has no price on any date");
    }

    [Fact]
    public void Events_further_ahead_than_the_limit_are_refused_by_the_current_time()
    {
        var ahead = Event() with { OccurredAt = Now.AddDays(1).AddMicroseconds(1) };
        var encoder = new EventEncoder(Policy());

        encoder.Check(ahead with { OccurredAt = Now.AddDays(1) }).Should().BeNull();
        encoder.Check(ahead).Should().Be(new Rejection(
            "occurred_at",
            "'2024-07-02T12:00:00.000001Z' is more than 1.00:00:00 (AheadMax) ahead of the current time, 2024-07-01T12:00:00Z. "
            + "Correct the instant or the clock of the sender, or raise AheadMax."));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        encoder.Check(ahead).Should().BeNull("time went on");
        Check(Event() with { OccurredAt = _clock.GetUtcNow().AddMicroseconds(1) }, o => o.AheadMax = TimeSpan.Zero).Should().NotBeNull();
        Check(Event() with { OccurredAt = _clock.GetUtcNow() }, o => o.AheadMax = TimeSpan.Zero).Should().BeNull();
    }

    [Fact]
    public async Task Files_and_streams_of_values_have_the_same_rejections_and_store_the_rest()
    {
        UsageEvent[] events =
        [
            Event(), Event() with { EventId = Guid.Empty }, Event(2) with { Meter = "vv.typo" },
            Event(3) with { OccurredAt = Now.AddDays(3) },
            Event(4) with { OccurredAt = new(1999, 1, 1, 0, 0, 0, TimeSpan.Zero) }, Event(5) with { Meter = "vv.typo", Quantity = 0 },
        ];
        var (csvRejected, csvStored) = await LoadAsync((loader, options) =>
            loader.LoadCsvAsync(
                Csv.Stream(Csv.Rows([.. events.Select(EventText.Row)])), options, null, TestContext.Current.CancellationToken));
        var (rejected, stored) = await LoadAsync((loader, options) =>
            loader.LoadAsync(events.ToAsyncEnumerable(), options, null, TestContext.Current.CancellationToken));

        rejected.Select(r => (r.RowNumber, r.Column)).Should().Equal(
            (2, "event_id"), (3, "meter"), (4, "occurred_at"), (5, "occurred_at"), (6, "quantity"));
        csvRejected.Should().BeEquivalentTo(
            rejected.Select(r => new RejectedRow(r) { RowNumber = r.RowNumber + 1, LineNumber = r.RowNumber + 1 }), o =>
                o.WithStrictOrdering(),
            "a file also has line numbers");
        stored.Should().Equal(events[0]);
        csvStored.Should().Equal(events[0]);
    }

    [Fact]
    public async Task A_writer_refuses_the_events_that_a_load_rejects_and_stores_nothing_of_the_call()
    {
        var store = new MemoryEventStore();
        await using var writer = new UsageWriter(store, policy: Policy());

        var one = () => writer.WriteAsync(Event() with { Meter = "vv.typo" });
        var together = () => writer.WriteBatchAsync([Event(1), Event(2) with { EventId = Guid.Empty }]);
        var within = () => writer.WriteAsync(null!, [Event() with { OccurredAt = Now.AddDays(2) }]);

        (await one.Should().ThrowAsync<EventRejectedException>()).Which.Column.Should().Be("meter");
        (await together.Should().ThrowAsync<EventRejectedException>()).Which.Column.Should().Be("event_id");
        await within.Should().ThrowAsync<ArgumentNullException>();
        store.Events.Should().BeEmpty();
        (await writer.WriteAsync(Event())).Should().Be(EventOutcome.Stored);
    }

    [Fact]
    public void Accepting_an_event_allocates_nothing_and_does_not_read_the_clock()
    {
        var check = new EventCheck(Policy());
        var at = UnixMicroseconds.From(Now);
        var beforeMeter = UnixMicroseconds.From(new DateTimeOffset(2024, 5, 15, 0, 0, 0, TimeSpan.Zero));
        check.Check("video.view"u8, at, "v1"u8, "p1"u8).Should().BeNull();
        _clock.AutoAdvanceAmount = TimeSpan.FromDays(1);
        var before = _clock.GetUtcNow();

        var allocated = Allocations.Least(() =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                check.Check(i % 2 == 0 ? "video.view"u8 : "video.seconds"u8, at + i, "v1"u8, "p1"u8);
                check.Check("video.view"u8, beforeMeter + i, "own item"u8, "p1"u8);
            }
        });

        allocated.Should().Be(0);
        _clock.GetUtcNow().Should().Be(before.AddDays(1));
    }

    private static UsageEvent Event(int number = 1) => Csv.Event(number) with { OccurredAt = Now };

    private Rejection? Check(UsageEvent billable, Action<SettlementOptions>? configure = null)
    {
        var policy = Policy(configure);
        var rejection = new EventEncoder(policy).Check(billable);
        new EventCheck(policy).Check(
            Encoding.UTF8.GetBytes(billable.Meter), UnixMicroseconds.From(billable.OccurredAt), Encoding.UTF8.GetBytes(billable.ItemId),
            Encoding.UTF8.GetBytes(billable.PayeeId)).Should().Be(rejection);
        return rejection;
    }

    private EventPolicy Policy(Action<SettlementOptions>? configure = null)
    {
        var options = new SettlementOptions { Calendar = new BusinessCalendar("Asia/Seoul") };
        options.UnpricedMeters.Add("video.seconds");
        options.Rates.Add("video.view", MeterRates.Build("video.view", rates => rates
            .Flat("later", new DateOnly(2024, 7, 1), Currency.KRW, 2m).Flat("first", new DateOnly(2024, 6, 1), Currency.KRW, 1m)
            .ForItem("own item", own => own.Flat("i", new DateOnly(2024, 5, 1), Currency.KRW, 3m))
            .ForPayee("own payee", own => own.Flat("p", new DateOnly(2024, 4, 1), Currency.KRW, 4m))));
        options.Rates.Add("only.items", MeterRates.Build("only.items", rates => rates
            .ForItem("own item", own => own.Flat("i", new DateOnly(2024, 5, 1), Currency.KRW, 3m))));
        configure?.Invoke(options);
        return new EventPolicy(SettlementPlan.From(options), _clock);
    }

    private async Task<(List<RejectedRow> Rejected, IEnumerable<UsageEvent> Stored)> LoadAsync(
        Func<UsageLoader, UsageLoadOptions, Task<LoadReport>> load)
    {
        var store = new MemoryEventStore();
        var rejected = new List<RejectedRow>();
        await load(new UsageLoader(store, _clock, policy: Policy()), new UsageLoadOptions
        {
            RejectsMax = 10,
            OnRejected = (row, _) =>
            {
                rejected.Add(row);
                return ValueTask.CompletedTask;
            },
        });
        return (rejected, store.Events);
    }
}
