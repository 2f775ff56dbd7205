namespace Settlements.Testing;

/// <summary>
/// Contract tests of an engine that usage is read from: whatever it is, its rows have the lines of the same events in the library's own
/// table, to the byte.
/// </summary>
public abstract class UsageSourceContract
{
    private const string Meter = "video.view";

    private static readonly DateOnly Tuesday = Scenario.Monday.AddDays(1);

    /// <summary>Ids whose order and equality differ between collations, and ids that need quoting.</summary>
    private static readonly string[] Ids = ["a", "A", "á", "ß", "ss", "z", "Z", "10", "9", "가", "𝄞", "it's", "a\\b", "a\"b", "a b"];

    /// <summary>Creates the store in which days are closed.</summary>
    protected abstract StoreUnderTest NewStore();

    /// <summary>Creates an empty source in the engine.</summary>
    /// <param name="store">The store, for engines that keep the source in its database.</param>
    protected abstract Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store);

    [Theory]
    [InlineData(4_000_000)]
    [InlineData(7)]
    public async Task Its_lines_equal_those_of_the_same_events_in_the_event_table(int chunkRows)
    {
        var events = Events().ToList();
        await using var store = NewStore();
        await using var source = await NewSourceAsync(store);
        await source.InsertAsync(events);
        await using var scenario = await StartAsync(store, source, chunkRows);
        await using var plainStore = NewStore();
        await using var plain = await Scenario.StartAsync(plainStore, s => Rates(s).StartsOn(Scenario.Monday));
        await plain.LoadAsync([.. events]);

        await scenario.CloseAsync(Tuesday);
        await plain.CloseAsync(Tuesday);

        (await scenario.DumpAsync()).Should().Be(await plain.DumpAsync());
        await scenario.CheckAsync(Scenario.Monday, Tuesday);
    }

    [Fact]
    public async Task A_row_that_arrives_after_the_close_is_found_and_posted_to_the_next_day()
    {
        await using var store = NewStore();
        await using var source = await NewSourceAsync(store);
        await source.InsertAsync([Scenario.Event(1, Scenario.Monday, 5, "v1")]);
        await using var scenario = await StartAsync(store, source);
        await scenario.CloseAsync(Scenario.Monday);
        await source.InsertAsync([Scenario.Event(2, Scenario.Monday, 7, "v1"), Scenario.Event(3, Tuesday, 1, "v2")]);

        var report = await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Scenario.Monday));
        var again = await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Scenario.Monday));
        await scenario.CloseAsync(Tuesday);

        report.Findings.Should().ContainSingle().Which.Should().Match<Finding>(f => f.ItemId == "v1" && f.Quantity == 7 && f.Events == 1);
        again.Findings.Should().BeEmpty();
        (await scenario.LinesAsync(Tuesday, Tuesday)).Select(l => (l.UsageDate, l.ItemId, l.Quantity)).Should().BeEquivalentTo(
            [(Scenario.Monday, "v1", 7L), (Tuesday, "v2", 1L)]);
        await scenario.CheckAsync(Scenario.Monday, Tuesday);
    }

    [Fact]
    public async Task A_sum_beyond_64_bits_is_exact_and_keeps_no_other_item_from_being_paid()
    {
        await using var store = NewStore();
        await using var source = await NewSourceAsync(store);
        await source.InsertAsync([
            .. Enumerable.Range(1, 3).Select(i => Scenario.Event(i, Scenario.Monday, long.MaxValue, "big")),
            Scenario.Event(4, Scenario.Monday, long.MaxValue, "zero"), Scenario.Event(5, Scenario.Monday, -long.MaxValue, "zero"),
            Scenario.Event(6, Scenario.Monday, 2, "v1"),
        ]);
        await using var scenario = await StartAsync(store, source);

        var closed = await scenario.Engine.Days.CloseThroughAsync(Scenario.Monday);

        closed.Should().ContainSingle().Which.Quarantined.Should().ContainSingle().Which.Should().Match<QuarantinedUsage>(
            q => q.ItemId == "big" && q.Quantity == 3 * (Int128)long.MaxValue && q.Events == 3);
        (await scenario.LinesAsync()).Select(l => (l.ItemId, l.Quantity, l.Events)).Should().Equal(("v1", 2, 1), ("zero", 0, 2));
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday);
    }

    [Fact]
    public async Task Rows_of_other_days_are_not_counted_whatever_their_distance_to_midnight()
    {
        await using var store = NewStore();
        await using var source = await NewSourceAsync(store);
        var (start, end) = (Scenario.Instant(Scenario.Monday, 0), Scenario.Instant(Tuesday, 0));
        DateTimeOffset[] instants = [start.AddMicroseconds(-1), start, end.AddMicroseconds(-1), end];
        await source.InsertAsync(
            [.. instants.Select((at, i) => Scenario.Event(i + 1, Scenario.Monday, 1, $"v{i}") with { OccurredAt = at })]);
        await using var scenario = await StartAsync(store, source);

        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LinesAsync()).Select(l => l.ItemId).Should().Equal("v1", "v2");
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday);
    }

    [Fact]
    public async Task A_source_is_identified_by_its_data_and_can_not_be_counted_twice()
    {
        await using var store = NewStore();
        await using var source = await NewSourceAsync(store);
        await source.InsertAsync([Scenario.Event(1, Scenario.Monday, 5, "v1")]);
        await using var scenario = await Scenario.StartAsync(store, s => Rates(s).StartsOn(Scenario.Monday)
            .Source("plays", p => Configure(source, p)).Source("again", p => Configure(source, p)));

        await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<CloseRefusedException>()
            .WithMessage("*'plays' and 'again' count table * for meter 'video.view'*");
    }

    [Fact]
    public async Task An_empty_source_has_no_first_day_and_no_lines()
    {
        await using var store = NewStore();
        await using var source = await NewSourceAsync(store);
        await using var scenario = await StartAsync(store, source);

        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LinesAsync()).Should().BeEmpty();
    }

    private static Task<Scenario> StartAsync(StoreUnderTest store, UsageSourceUnderTest source, int chunkRows = 4_000_000) =>
        Scenario.StartAsync(store, s => Rates(s).StartsOn(Scenario.Monday).Configure(o => o.ChunkRowsMax = chunkRows)
            .Source("plays", p => Configure(source, p)));

    private static UsageTableBuilder Configure(UsageSourceUnderTest source, UsageTableBuilder plays) =>
        source.Configure(plays).CountedFrom(Scenario.Monday).Sums(Meter, source.QuantityColumn);

    private static SettlementBuilder Rates(SettlementBuilder settlement) =>
        settlement.Rates(Meter, r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m));

    /// <summary>Events of two days, of hostile ids, with negative quantities.</summary>
    private static IEnumerable<UsageEvent> Events()
    {
        for (var i = 0; i < 3 * Ids.Length; i++)
        {
            yield return Scenario.Event(i + 1, Scenario.Monday.AddDays(i % 2), i % 7 == 0 ? -i - 1 : i + 1, Ids[i % Ids.Length]) with
            {
                PayeeId = Ids[i * 5 % Ids.Length],
            };
        }
    }
}

/// <summary>A usage source of an engine under test, with rows of the columns of an event.</summary>
public abstract class UsageSourceUnderTest : IAsyncDisposable
{
    /// <summary>The column of the quantity.</summary>
    public abstract string QuantityColumn { get; }

    /// <summary>Adds rows, which are committed and visible when the task completes.</summary>
    public abstract Task InsertAsync(IReadOnlyList<UsageEvent> rows);

    /// <summary>Configures the table or the files, the instant, the item and the payee.</summary>
    public abstract UsageTableBuilder Configure(UsageTableBuilder source);

    public abstract ValueTask DisposeAsync();
}
