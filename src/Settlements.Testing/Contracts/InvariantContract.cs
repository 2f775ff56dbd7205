using Settlements.Pipelines;

namespace Settlements.Testing;

/// <summary>Contract tests of the invariants of published days: a violation prevents the publication and is named.</summary>
public abstract class InvariantContract
{
    protected abstract StoreUnderTest NewStore();

    [Theory]
    [InlineData("UPDATE settlement_lines SET quantity = quantity + 1 WHERE item_id = 'v1'",
        "*lines of meter 'video.view' do not add up to its events*3 events of 13 units*3 events of 12 units were read*")]
    [InlineData("UPDATE settlement_lines SET events = events - 1 WHERE item_id = 'v2'",
        "*lines of meter 'video.view'*2 events of 12 units*3 events of 12 units were read*")]
    [InlineData("DELETE FROM settlement_lines WHERE meter = 'video.seconds'",
        "*lines of meter 'video.seconds' do not*0 events of 0 units*1 events of 90 units were read*")]
    [InlineData("UPDATE control_totals SET quantity = '7' WHERE meter = 'ad.view'", "*lines of meter 'ad.view' do not add up*")]
    [InlineData("DELETE FROM settlement_lines WHERE item_id = 'v1'",
        "*lines of meter 'video.view' do not add up to its events*1 events of 7 units*")]
    [InlineData("UPDATE settlement_lines SET counter_after = counter_after + 1 WHERE meter = 'ad.view'",
        "*counters in the lines of meter 'ad.view' have a gap*2 units*increase by 3*")]
    [InlineData("DELETE FROM payee_sums WHERE meter = 'video.view'",
        "*sums by payee of meter 'video.view' have 0 KRW, the lines have 12*sums by payee of meter 'video.view' have 0 units, the lines "
        + "have 12*")]
    [InlineData("UPDATE item_counters SET quantity = quantity + 1 WHERE item_id = 'v2'",
        "*'video.view' has 2 counters with 13 units over the lifetime, instead of 2 with 12*item_counters*")]
    [InlineData("DELETE FROM item_counters WHERE item_id = 'v2'", "*'video.view' has 1 counters with 5 units over the lifetime, "
        + "instead of 1 with 12*item_counters*")]
    public async Task A_violated_invariant_prevents_publication_is_named_and_a_new_run_publishes_correct_lines(
        string tampering, string words)
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Events());

        var close = () => scenario.Engine.Days.CloseThroughAsync(Scenario.Monday, new InlineProgress(p =>
        {
            if (p.Run is { StepNumber: 3, ChunksDone: 0 })
                store.ExecuteAsync(tampering).GetAwaiter().GetResult();
        }));

        await close.Should().ThrowAsync<InvariantException>().WithMessage(
            $"Day 2024-07-01 is not published by run 1: {words}Abandon the run*");
        (await scenario.LinesAsync()).Should().BeEmpty();
        var failed = (await scenario.Engine.Pipelines.ListRunsAsync(1))[0];
        (failed.State, failed.Incidents).Should().Be((RunState.Failed, 1));
        failed.Failure.Should().Match(words);
        await scenario.Engine.Days.Invoking(d => d.CloseThroughAsync(Scenario.Monday)).Should().ThrowAsync<InvariantException>(
            "its rows are still wrong");

        (await scenario.Engine.Pipelines.AbandonAsync(failed.RunId)).Should().BeTrue();
        (await scenario.Engine.Pipelines.AbandonAsync(failed.RunId)).Should().BeFalse("it is abandoned");
        await scenario.CloseAsync(Scenario.Monday);

        await using var cleanStore = NewStore();
        await using var clean = await Scenario.StartAsync(cleanStore);
        await clean.LoadAsync(Events());
        await clean.CloseAsync(Scenario.Monday);
        (await scenario.DumpAsync()).Should().Be(await clean.DumpAsync());
        (await scenario.Engine.Pipelines.AbandonAsync((await scenario.Engine.Pipelines.ListRunsAsync(1))[0].RunId))
            .Should().BeFalse("it is completed");
    }

    [Theory]
    [InlineData("UPDATE item_counters SET quantity = quantity + 5 WHERE item_id = 'v1' AND meter = 'video.view'",
        "*'video.view' has * counters*over the lifetime*item_counters*")]
    [InlineData("DELETE FROM item_counters WHERE item_id = 'v1' AND meter = 'video.view'",
        "*'video.view' has * counters*over the lifetime*item_counters*")]
    [InlineData("DELETE FROM item_counters WHERE item_id = 'v3'", "*'video.view' has * counters*over the lifetime*item_counters*")]
    [InlineData("DELETE FROM item_counters WHERE meter = 'ad.view' AND period = 'month'",
        "*'ad.view' has * counters*over the month from 2024-07-01*item_counters*")]
    [InlineData("UPDATE item_counters SET quantity = 1 WHERE meter = 'ad.view'",
        "*'ad.view' has * counters*over the month from 2024-07-01*")]
    [InlineData("DELETE FROM rounding_sums", "*'video.view' has * rows of rounding_sums (KRW)*")]
    [InlineData("UPDATE rounding_sums SET exact_amount = '0.9' WHERE item_id = 'v3'", "*'video.view' has * rows of rounding_sums (KRW)*")]
    [InlineData("DELETE FROM volume_units", "*'ad.view' has * rows of volume_units*")]
    [InlineData("UPDATE volume_units SET exact_amount = '7'", "*'ad.view' has * rows of volume_units*")]
    public async Task A_changed_or_deleted_counter_prevents_the_next_publication_and_can_be_rebuilt_from_the_lines(
        string tampering, string words)
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, Rates);
        var tuesday = Scenario.Monday.AddDays(1);
        await scenario.LoadAsync(
            [
                .. Events(), Scenario.Event(9, tuesday, 3), Scenario.Event(10, tuesday, 1, "v1/ad-1", "p2", "ad.view"),
                Scenario.Event(11, Scenario.Monday, 1, "v3"),
            ]);
        await scenario.CloseAsync(Scenario.Monday);
        var counters = await Counters(store);
        await store.ExecuteAsync(tampering);

        await scenario.Invoking(s => s.CloseAsync(tuesday)).Should().ThrowAsync<InvariantException>()
            .WithMessage($"Day 2024-07-02 is not published*{words}RebuildCountersAsync*");
        (await scenario.LinesAsync(tuesday, tuesday)).Should().BeEmpty();
        (await scenario.Engine.Verifier.VerifyAsync(new(Scenario.Monday, Scenario.Monday))).IsClean.Should().BeFalse();

        await scenario.Engine.Verifier.RebuildCountersAsync();
        (await Counters(store)).Should().Equal(counters);
        (await scenario.Engine.Pipelines.AbandonAsync((await scenario.Engine.Pipelines.ListRunsAsync(1))[0].RunId)).Should().BeTrue();
        await scenario.CloseAsync(tuesday);

        await using var cleanStore = NewStore();
        await using var clean = await Scenario.StartAsync(cleanStore, Rates);
        await clean.LoadAsync(
            [
                .. Events(), Scenario.Event(9, tuesday, 3), Scenario.Event(10, tuesday, 1, "v1/ad-1", "p2", "ad.view"),
                Scenario.Event(11, Scenario.Monday, 1, "v3"),
            ]);
        await clean.CloseAsync(tuesday);
        (await scenario.DumpAsync()).Should().Be(await clean.DumpAsync());
        await scenario.CheckAsync(Scenario.Monday, tuesday);
    }

    private static void Rates(SettlementBuilder settlement) => settlement
        .Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 0.3m).Round(Rounding.Cumulative))
        .Rates("ad.view", r => r.Volume("v", new DateOnly(2024, 1, 1), Currency.KRW, [(2, 10m), (null, 5m)], CounterPeriod.Month));

    private static async Task<IReadOnlyList<string>> Counters(StoreUnderTest store)
    {
        var rows = new List<string>();
        rows.AddRange(
            await store.ReadAsync("SELECT meter, period, period_start, item_id, quantity FROM item_counters ORDER BY 1, 2, 3, 4"));
        rows.AddRange(await store.ReadAsync("SELECT meter, item_id, payee_id, units, exact_amount FROM volume_units ORDER BY 1, 2, 3"));
        rows.AddRange(
            await store.ReadAsync("SELECT meter, item_id, payee_id, currency, exact_amount FROM rounding_sums ORDER BY 1, 2, 3, 4"));
        return rows;
    }

    private static UsageEvent[] Events() =>
    [
        Scenario.Event(1, Scenario.Monday, 2), Scenario.Event(2, Scenario.Monday, 3), Scenario.Event(3, Scenario.Monday, 7, "v2", "p2"),
        Scenario.Event(4, Scenario.Monday, 2, "v1/ad-1", meter: "ad.view"), Scenario.Event(5, Scenario.Monday, 90, meter: "video.seconds"),
    ];
}
