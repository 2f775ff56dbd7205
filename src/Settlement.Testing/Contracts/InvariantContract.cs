using Settlement.BusinessDays;
using Settlement.Closing;
using Settlement.Pipelines;

namespace Settlement.Testing.Contracts;

/// <summary>What always holds of published days: a breach stops the publication, and says which it is.</summary>
public abstract class InvariantContract
{
    protected abstract StoreUnderTest NewStore();

    [Theory]
    [InlineData("UPDATE daily_totals SET quantity = quantity + 1 WHERE item_id = 'v1'", "*totals of meter 'video.view' are not the sum of its events: 3 events of 13 units*3 of 12 were read*")]
    [InlineData("UPDATE daily_totals SET events = events - 1 WHERE item_id = 'v2'", "*totals of meter 'video.view'*2 events of 12 units*3 of 12 were read*")]
    [InlineData("DELETE FROM daily_totals WHERE meter = 'video.seconds'", "*totals of meter 'video.seconds' are not*0 events of 0 units*1 of 90 were read*")]
    [InlineData("UPDATE chunk_sums SET quantity = '7' WHERE meter = 'ad.view'", "*totals of meter 'ad.view' are not*")]
    [InlineData("DELETE FROM priced_lines WHERE item_id = 'v1'", "*lines of meter 'video.view' are not its totals: 1 lines of 7 units, 2 totals of 12*")]
    [InlineData("UPDATE priced_lines SET quantity = 8 WHERE item_id = 'v2'", "*lines of meter 'video.view' are not its totals: 2 lines of 13 units*")]
    [InlineData("UPDATE priced_lines SET cumulative_after = cumulative_after + 1 WHERE meter = 'ad.view'", "*cumulative counts of meter 'ad.view' have a gap*2 units and count 3*")]
    public async Task A_breach_stops_the_publication_is_named_and_a_new_run_gives_the_right_day(string tampering, string words)
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Events());

        var close = () => scenario.Engine.Days.CloseThroughAsync(Scenario.Monday, new Told(p =>
        {
            if (p.Run is { StepNumber: 3, ChunksDone: 0 })
                store.ExecuteAsync(tampering).GetAwaiter().GetResult();
        }));

        await close.Should().ThrowAsync<InvariantException>().WithMessage($"Day 2024-07-01 is not published by run 1: {words}Abandon the run*");
        (await scenario.LinesAsync()).Should().BeEmpty();
        var failed = (await scenario.Engine.Pipelines.ListRunsAsync(1))[0];
        (failed.State, failed.Incidents).Should().Be((RunState.Failed, 1));
        failed.Failure.Should().Match(words);
        await scenario.Engine.Days.Invoking(d => d.CloseThroughAsync(Scenario.Monday)).Should().ThrowAsync<InvariantException>("its rows are still wrong");

        (await scenario.Engine.Pipelines.AbandonAsync(failed.RunId)).Should().BeTrue();
        (await scenario.Engine.Pipelines.AbandonAsync(failed.RunId)).Should().BeFalse("it is abandoned");
        await scenario.CloseAsync(Scenario.Monday);

        await using var cleanStore = NewStore();
        await using var clean = await Scenario.StartAsync(cleanStore);
        await clean.LoadAsync(Events());
        await clean.CloseAsync(Scenario.Monday);
        (await scenario.DumpAsync()).Should().Be(await clean.DumpAsync());
        (await scenario.Engine.Pipelines.AbandonAsync((await scenario.Engine.Pipelines.ListRunsAsync(1))[0].RunId)).Should().BeFalse("it is completed");
    }

    [Theory]
    [InlineData("life = life + 5")]
    [InlineData("life = life - 1, year = year + 1")]
    public async Task A_count_that_does_not_go_on_where_the_lines_end_stops_the_day(string tampering)
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        var tuesday = Scenario.Monday.AddDays(1);
        await scenario.LoadAsync([.. Events(), Scenario.Event(9, tuesday, 3)]);
        await scenario.CloseAsync(Scenario.Monday);
        await store.ExecuteAsync($"UPDATE item_counters SET {tampering} WHERE item_id = 'v1'");

        await scenario.Invoking(s => s.CloseAsync(tuesday)).Should().ThrowAsync<InvariantException>()
            .WithMessage("*2024-07-02*'v1'*'video.view'*item_counters*line of 2024-07-01 ends at 5*");

        (await scenario.LinesAsync(tuesday, tuesday)).Should().BeEmpty();
        await store.ExecuteAsync("UPDATE item_counters SET life = 5, year = 5 WHERE item_id = 'v1'");
        await scenario.CloseAsync(tuesday);
        (await scenario.LineAsync(tuesday)).CumulativeBefore.Should().Be(5);
    }

    private static BillableEvents.BillableEvent[] Events() =>
    [
        Scenario.Event(1, Scenario.Monday, 2), Scenario.Event(2, Scenario.Monday, 3), Scenario.Event(3, Scenario.Monday, 7, "v2", "p2"),
        Scenario.Event(4, Scenario.Monday, 2, "v1/ad-1", meter: "ad.view"), Scenario.Event(5, Scenario.Monday, 90, meter: "video.seconds"),
    ];

    private sealed class Told(Action<CloseProgress> told) : IProgress<CloseProgress>
    {
        public void Report(CloseProgress value) => told(value);
    }
}
