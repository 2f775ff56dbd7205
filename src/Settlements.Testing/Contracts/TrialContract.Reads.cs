namespace Settlements.Testing;

// The rows that a trial reads.
public abstract partial class TrialContract
{
    private static readonly DateOnly Last = Monday.AddDays(9);

    [Fact]
    public async Task A_trial_of_late_days_reads_the_counters_and_not_the_lines_before()
    {
        var reads = new StoreReadCounter();
        await using var store = NewStore();
        await using var scenario = await TenDaysAsync(store, reads);

        // Each day has 3 lines of 3 items. 9 units of each item were posted before.
        (await AfterAsync(new DateRange(Last, Last), Tiers())).Should().Be(3 * 2m);
        reads.Lines.Should().Be(3);
        (await AfterAsync(new DateRange(Last.AddDays(-1), Last), Tiers())).Should().Be(3 * (1m + 2m));
        reads.Lines.Should().Be(6);

        // The lines of the last day are taken off the counters.
        (await AfterAsync(new DateRange(Last.AddDays(-1), Last.AddDays(-1)), Tiers())).Should().Be(3 * 1m);
        reads.Lines.Should().Be(6);

        async Task<decimal> AfterAsync(DateRange days, RateTable table)
        {
            reads.Clear();
            var candidate = TrialCandidate.OfVersion("video.view", "", table);
            return (await scenario.Engine.Trials.CompareAsync(candidate, days)).Totals.Single().After;
        }
    }

    [Fact]
    public async Task A_trial_reads_the_lines_before_the_days_when_the_counters_do_not_determine_the_beginning()
    {
        var reads = new StoreReadCounter();
        await using var store = NewStore();
        await using var scenario = await TenDaysAsync(store, reads);
        var onLast = new DateRange(Last, Last);

        // The month is not counted, and the rates round each line.
        (await AfterAsync(TrialCandidate.OfVersion("video.view", "", Tiers().Over(CounterPeriod.Month)), onLast)).Should().Be((3 * 2m, 30));
        var cumulative = MeterRates.Build("video.view", r => r.Round(Rounding.Cumulative).Flat("n", Start, Currency.KRW, 0.5m));
        (await AfterAsync(TrialCandidate.Of(cumulative), onLast)).Should().Be((0m, 30));

        // The first days have fewer lines before them than after them.
        (await AfterAsync(TrialCandidate.OfVersion("video.view", "", Tiers()), OnTuesday)).Should().Be((3 * 1m, 6));

        // Without a counter, which was deleted by hand, the first range is read again from the first day on.
        await store.ExecuteAsync("DELETE FROM item_counters");
        (await AfterAsync(TrialCandidate.OfVersion("video.view", "", Tiers()), onLast)).Should().Be((3 * 2m, 1 + 30));

        async Task<(decimal, long)> AfterAsync(TrialCandidate candidate, DateRange days)
        {
            reads.Clear();
            var report = await scenario.Engine.Trials.CompareAsync(candidate, days);
            return (report.Totals.Single().After, reads.Lines);
        }
    }

    [Fact]
    public async Task A_day_that_is_published_during_a_trial_does_not_change_it()
    {
        await using var store = NewStore();
        await using var scenario = await TenDaysAsync(store, new StoreReadCounter());
        var isPublished = false;

        var report = await scenario.Engine.Trials.CompareAsync(
            TrialCandidate.OfVersion("video.view", "", Tiers()), new DateRange(Last, Last), null, new InlineProgress<TrialProgress>(p =>
            {
                if (isPublished)
                    return;
                isPublished = true;
                PublishAsync().GetAwaiter().GetResult();
            }));
        isPublished.Should().BeTrue();
        report.Totals.Single().After.Should().Be(3 * 2m, "10 units of each item are counted, and not 12");

        async Task PublishAsync()
        {
            await scenario.LoadAsync([.. Enumerable.Range(0, 3).Select(i => Scenario.Event(1_000 + i, Last.AddDays(1), 2, $"v{i}"))]);
            await scenario.CloseAsync(Last.AddDays(1));
        }
    }

    /// <summary>The tenth unit costs 2, the eleventh 5.</summary>
    private static RateTable Tiers() => RateTable.Graduated((9, 1m), (10, 2m), (null, 5m));

    /// <summary>Publishes ten days with a unit of three items each, an item a range.</summary>
    private static async Task<Scenario> TenDaysAsync(StoreUnderTest store, StoreReadCounter reads)
    {
        var scenario = await Scenario.StartAsync(
            store, s => s.Rates("video.view", r => r.Flat("a", Start, Currency.KRW, 1m))
                .Configure(o => o.PartialsPerItemRange = 1),
            reads.Add);
        await scenario.LoadAsync([.. Enumerable.Range(0, 30).Select(i => Scenario.Event(i + 1, Monday.AddDays(i / 3), 1, $"v{i % 3}"))]);
        await scenario.CloseAsync(Last);
        return scenario;
    }
}
