namespace Settlements.Tests.Loading;

/// <summary>Tests of loading events as values: they are validated by the same rules as files.</summary>
public sealed class TypedEventTests
{
    private readonly MemoryEventStore _store = new();

    [Fact]
    public async Task Events_are_stored_in_chunks()
    {
        var report = await LoadAsync(Enumerable.Range(1, 5).Select(number => Csv.Event(number)), new() { ChunkRows = 2 });

        report.Should().BeEquivalentTo(new { Sent = 5, Stored = 5, Duplicates = 0, Rejected = 0 });
        _store.BatchSizes.Should().Equal(2, 2, 1);
    }

    [Fact]
    public async Task An_instant_finer_than_a_microsecond_is_rounded_down()
    {
        var nextDay = new DateTimeOffset(2024, 7, 2, 0, 0, 0, TimeSpan.FromHours(9));

        await LoadAsync([Csv.Event(1) with { OccurredAt = nextDay.AddTicks(-1) }]);

        _store.Events.Single().OccurredAt.Should().Be(nextDay.AddMicroseconds(-1));
    }

    [Fact]
    public async Task A_rejected_event_is_reported_with_its_position_and_the_reasons_of_files()
    {
        var reported = new List<RejectedRow>();
        UsageEvent[] events =
        [
            Csv.Event(1),
            Csv.Event(2) with { Meter = "a\uD800b" },
            Csv.Event(3) with { ItemId = "" },
            Csv.Event(4) with { PayeeId = new string('x', 65) },
            Csv.Event(5) with { PayeeId = new string('한', 100) },
            Csv.Event(6) with { Quantity = 0 },
            Csv.Event(7) with { Quantity = UsageEvent.QuantityMax + 1 },
            Csv.Event(8) with { OccurredAt = DateTimeOffset.MaxValue },
            Csv.Event(9) with { Meter = null! },
            default,
            Csv.Event(12) with { Reason = new string('한', 257) },
            Csv.Event(13) with { Reason = new string('x', 2_000) },
            Csv.Event(14) with { Reference = new string('x', 65) },
            Csv.Event(15) with { Reference = "\uD800" },
            Csv.Event(11) with { ItemId = string.Concat(Enumerable.Repeat("😀", 64)) },
        ];

        var report = await LoadAsync(events, new() { RejectsMax = 20, OnRejected = (row, _) => AddAsync(reported, row) });

        report.Should().BeEquivalentTo(new { Sent = 15, Stored = 2, Duplicates = 0, Rejected = 13 });
        reported.Select(row => (row.RowNumber, row.Column, row.Reason)).Should().Equal(
            (2, "meter", "The text contains an unpaired surrogate, which has no UTF-8 form. Use valid Unicode."),
            (3, "item_id", "The text is empty. Use 1 to 64 characters."),
            (4, "payee_id", "The text has 65 characters (Unicode code points), more than the limit of 64. Use a shorter id."),
            (5, "payee_id", "The text has 100 characters (Unicode code points), more than the limit of 64. Use a shorter id."),
            (6, "quantity", "The quantity is 0. Use a quantity other than 0, or omit the row."),
            (7, "quantity", "The quantity 1000000000001 is out of range. Use -1000000000000 to 1000000000000, " +
                "or split it into several events."),
            (8, "occurred_at", "'9999-12-31T23:59:59.999999Z' is after 9998-12-30T23:59:59.999999Z, the last instant "
                + "that business calendars support. Correct it."),
            (9, "meter", "The text is empty. Use 1 to 64 characters."),
            (10, "event_id", "The event id is all zeros, like an id that was never set. Give each event a unique id, "
                + "for example a UUID of version 7."),
            (11, "reason", "The text has 257 characters (Unicode code points), more than the limit of 256. Shorten it."),
            (12, "reason", "The text has 2000 characters (Unicode code points), more than the limit of 256. Shorten it."),
            (13, "reference", "The text has 65 characters (Unicode code points), more than the limit of 64. Shorten it."),
            (14, "reference", "The text contains an unpaired surrogate, which has no UTF-8 form. Use valid Unicode."));
        reported[1].Raw.Should().Be("00000003-0000-0000-0000-000000000000,2024-07-01T00:00:00Z,video.view,,payee1,1");
    }

    [Fact]
    public async Task The_first_rejected_event_ends_the_load_and_the_enumeration()
    {
        var taken = 0;
        var events = Enumerable.Range(1, 100).Select(number =>
        {
            taken++;
            return Csv.Event(number, number == 4 ? 0 : 1);
        });

        var load = () => LoadAsync(events, new() { ChunkRows = 2 });

        (await load.Should().ThrowAsync<RowRejectedException>()).WithMessage("Row 4, column 'quantity': The quantity is 0. *");
        _store.Events.Should().HaveCount(2);
        taken.Should().Be(4);
    }

    private static ValueTask AddAsync(List<RejectedRow> reported, RejectedRow row)
    {
        reported.Add(row);
        return ValueTask.CompletedTask;
    }

    private Task<LoadReport> LoadAsync(IEnumerable<UsageEvent> events, UsageLoadOptions? options = null) =>
        new UsageLoader(_store, TimeProvider.System).LoadAsync(
            events.ToAsyncEnumerable(), options, null, TestContext.Current.CancellationToken);
}
