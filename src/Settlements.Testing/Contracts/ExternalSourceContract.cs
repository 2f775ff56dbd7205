using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>Contract tests of usage sources outside of the store: closing, restarting and reconciling work as for a table.</summary>
public abstract class ExternalSourceContract
{
    internal const int Slices = 5;

    private static readonly DateOnly Tuesday = Scenario.Monday.AddDays(1);

    protected abstract StoreUnderTest NewStore();

    [Fact]
    public async Task An_external_source_without_a_key_is_counted_together_with_the_event_table()
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
    public async Task A_failed_close_resumes_with_its_planned_slices_and_sums_none_twice()
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

        source.Summed.Should().OnlyHaveUniqueItems().And.HaveCount(Slices, "a checkpoint records its slice");
        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(20 * 21 / 2);
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday);
    }

    [Fact]
    public async Task Late_usage_in_an_external_source_is_found_and_posted_to_the_next_day()
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

    [Fact]
    public async Task A_reconciled_day_is_summed_again_only_when_a_source_states_a_change()
    {
        await using var store = NewStore();
        var source = NewSource();
        source.State = "one";
        await using var scenario = await StartAsync(store, source);
        await scenario.CloseAsync(Scenario.Monday);
        var monday = new DateRange(Scenario.Monday, Scenario.Monday);
        await scenario.Engine.Reconciler.ReconcileAsync(monday, new ReconcileOptions { DryRun = true });
        source.WholeDays.Should().Be(1, "a dry run records nothing");
        await scenario.Engine.Reconciler.ReconcileAsync(monday);
        source.WholeDays.Should().Be(2);

        var unchanged = await scenario.Engine.Reconciler.ReconcileAsync(monday);
        source.WholeDays.Should().Be(2, "the source states the same");
        await scenario.Engine.Reconciler.ReconcileAsync(monday, new ReconcileOptions { Full = true });
        source.WholeDays.Should().Be(3);
        source.Events.Enqueue(Scenario.Event(100, Scenario.Monday, 7, "v3"));
        source.State = "two";
        var changed = await scenario.Engine.Reconciler.ReconcileAsync(monday);
        var posted = await scenario.Engine.Reconciler.ReconcileAsync(monday);
        var before = source.WholeDays;
        await scenario.Engine.Reconciler.ReconcileAsync(monday);

        unchanged.Findings.Should().BeEmpty();
        changed.Findings.Should().ContainSingle();
        posted.Findings.Should().BeEmpty();
        source.WholeDays.Should().Be(before, "the posted difference was reconciled");
        source.State = null;
        await scenario.Engine.Reconciler.ReconcileAsync(monday);
        source.WholeDays.Should().Be(before + 1);
    }

    /// <summary>Creates a source with 20 items on Monday.</summary>
    internal static MemorySource NewSource()
    {
        var source = new MemorySource("clicks", [new SourceMeter("video.view", "clicks of a log", Scenario.Monday, null)], Slices);
        for (var i = 1; i <= 20; i++)
            source.Events.Enqueue(Scenario.Event(i, Scenario.Monday, i, $"v{i}"));
        return source;
    }

    /// <summary>Configures a table whose source the test replaces: the builder has tables only.</summary>
    internal static Task<Scenario> StartAsync(StoreUnderTest store, MemorySource source) => Scenario.StartAsync(
        store,
        s =>
        {
            Scenario.UsualRates(s);
            s.Source(source.Name, t => t.Table("none").Key("id").OccurredAt("at").Item("item").Payee("payee").Counts("video.view"))
                .Configure(o => o.Pipeline = new PipelineOptions { Workers = 1 });
        },
        source.AddTo);
}
