using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>A usage source outside of the store is closed, restarted and reconciled as a table in it is.</summary>
public abstract class OutsideSourceContract
{
    private const int Slices = 5;

    private static readonly DateOnly Tuesday = Scenario.Monday.AddDays(1);

    protected abstract StoreUnderTest NewStore();

    [Fact]
    public async Task A_source_outside_the_store_without_a_key_gives_the_lines_of_its_usage_beside_the_librarys_own()
    {
        await using var store = NewStore();
        var source = NewSource();
        await using var scenario = await StartAsync(store, source);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5, "v1"));

        await scenario.CloseAsync(Tuesday);

        var lines = await scenario.LinesAsync(Scenario.Monday, Scenario.Monday);
        lines.Select(l => (l.Meter, l.ItemId, l.PayeeId, l.Quantity, l.Events)).Should().Equal(
            [("video.view", "v1", "p1", 6, 2), .. Enumerable.Range(2, 19).Select(i => ("video.view", $"v{i}", "p1", (long)i, 1L))
                .OrderBy(l => l.Item2, StringComparer.Ordinal)]);
        source.Summed.Distinct().Should().HaveCount(Slices);
        await scenario.CheckAsync(Scenario.Monday, Tuesday);
        var recorded = await store.CountAsync(
            "SELECT count(*) FROM recorded_sources WHERE source = 'clicks' AND definition LIKE 'memory: %'");
        recorded.Should().Be(1);
    }

    [Fact]
    public async Task A_stopped_close_goes_on_with_the_slices_that_were_planned_and_sums_none_twice()
    {
        await using var store = NewStore();
        var source = NewSource();
        var first = source.SliceAsync(null!, 1, default).Result[2];
        source.Summing = slice =>
        {
            if (slice == first)
                throw new UsageSourceException("Source 'clicks': a shard is down.");
        };
        await using (var stopped = await StartAsync(store, source))
        {
            await stopped.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>()
                .WithMessage("*a shard is down*");
        }

        source.Summed.Should().NotBeEmpty().And.NotContain(first);

        source.Summing = _ => { };
        await using var scenario = await StartAsync(store, source);
        await scenario.CloseAsync(Scenario.Monday);

        source.Summed.Should().OnlyHaveUniqueItems().And.HaveCount(Slices, "a checkpoint keeps the slice that it claims");
        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(20 * 21 / 2);
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday);
    }

    [Fact]
    public async Task Usage_that_arrives_late_in_a_source_outside_the_store_is_found_and_posted_to_the_next_day()
    {
        await using var store = NewStore();
        var source = NewSource();
        await using var scenario = await StartAsync(store, source);
        await scenario.CloseAsync(Scenario.Monday);
        source.Events.Enqueue(Scenario.Event(100, Scenario.Monday, 7, "v3"));

        var report = await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Scenario.Monday));
        await scenario.CloseAsync(Tuesday);

        report.Findings.Should().ContainSingle().Which.Should().Match<Finding>(f => f.ItemId == "v3" && f.Quantity == 7 && f.Events == 1);
        (await scenario.LineAsync(Tuesday)).Should()
            .Match<SettlementLine>(l => l.UsageDate == Scenario.Monday && l.Quantity == 7);
        await scenario.CheckAsync(Scenario.Monday, Tuesday);
    }

    private static MemorySource NewSource()
    {
        var source = new MemorySource("clicks", [new SourceMeter("video.view", "clicks of a log", Scenario.Monday, null)], Slices);
        for (var i = 1; i <= 20; i++)
            source.Events.Enqueue(Scenario.Event(i, Scenario.Monday, i, $"v{i}"));
        return source;
    }

    /// <summary>The builder describes tables alone; the source stands in for the one of its name.</summary>
    private static Task<Scenario> StartAsync(StoreUnderTest store, MemorySource source) => Scenario.StartAsync(
        store,
        s =>
        {
            Scenario.UsualRates(s);
            s.Source(source.Name, t => t.Table("none").Key("id").OccurredAt("at").Item("item").Payee("payee").Counts("video.view"))
                .Configure(o => o.Pipeline = new PipelineOptions { Workers = 1 });
        },
        source.AddTo);
}
