using System.Globalization;
using Settlements.Pipelines;

namespace Settlements.Testing;

/// <summary>Contract tests of changed settings: operations are refused if the settings differ from those of published days.</summary>
public abstract class SettingsContract
{
    protected abstract StoreUnderTest NewStore();

    public static TheoryData<string> Foreign => ["calendar", "version changed", "version missing", "version backdated", "source missing"];

    /// <summary>SQL that creates <c>video_play</c>, as in <see cref="ReconciliationContract"/>.</summary>
    protected abstract string CreateTable { get; }

    [Theory]
    [MemberData(nameof(Foreign))]
    public async Task An_instance_with_other_settings_can_not_reconcile_verify_rebuild_or_close(string foreign)
    {
        await using var store = NewStore();
        await store.ExecuteAsync(CreateTable);
        await using (var usual = await Scenario.StartAsync(store, s => Configure(s, "")))
        {
            // In the hours that belong to different days in the two zones.
            await usual.LoadAsync([.. Enumerable.Range(0, 72).Select(i => Scenario.Event(i + 1, Scenario.Monday, 5, hour: i))]);
            await usual.CloseAsync(Scenario.Monday.AddDays(2));
        }

        var before = await StoredRows.DumpAsync(store);
        await using (var other = await Scenario.StartAsync(store, s => Configure(s, foreign)))
        {
            var days = new DateRange(Scenario.Monday, Scenario.Monday.AddDays(3));
            await other.Engine.Reconciler.Invoking(r => r.ReconcileAsync(days)).Should().ThrowAsync<CloseRefusedException>();
            await other.Engine.Verifier.Invoking(v => v.VerifyAsync(days)).Should().ThrowAsync<CloseRefusedException>();
            await other.Engine.Verifier.Invoking(v => v.RebuildCountersAsync()).Should().ThrowAsync<CloseRefusedException>();
            await other.Invoking(o => o.CloseAsync(days.Last)).Should().ThrowAsync<CloseRefusedException>();
        }

        (await StoredRows.DumpAsync(store)).Should().Be(before);
        await using var again = await Scenario.StartAsync(store, s => Configure(s, ""));
        await again.CheckAsync(Scenario.Monday, Scenario.Monday.AddDays(2));
    }

    [Fact]
    public async Task A_suspended_instance_of_an_older_release_can_not_publish_after_a_newer_one()
    {
        static void Rates(SettlementBuilder s, bool isNew) => s.Rates("video.view", r =>
        {
            r.Flat("1", new DateOnly(2024, 1, 1), Currency.KRW, 1m);
            if (isNew)
                r.Flat("2", Scenario.Monday.AddDays(2), Currency.KRW, 2m);
        });
        await using var store = NewStore();
        await using var old = await Scenario.StartAsync(store, s => Rates(s, isNew: false));
        await using var release = await Scenario.StartAsync(store, s => Rates(s, isNew: true));
        await old.LoadAsync([.. Enumerable.Range(0, 8).Select(i => Scenario.Event(i + 1, Scenario.Monday.AddDays(i)))]);

        // It is suspended after the second day, while the new release closes three days.
        var slept = false;
        var close = () => old.Engine.Days.CloseThroughAsync(Scenario.Monday.AddDays(7), new InlineProgress(p =>
        {
            if (slept || p.Day != Scenario.Monday.AddDays(1) || p.Run.StepNumber != 3 || p.Run.ChunksDone == 0)
                return;
            slept = true;
            release.CloseAsync(Scenario.Monday.AddDays(4)).GetAwaiter().GetResult();
        }));

        (await close.Should().ThrowAsync<CloseRefusedException>()).WithMessage("*'video.view' 2 *is missing*");
        await release.CloseAsync(Scenario.Monday.AddDays(7));
        (await release.LinesAsync()).Select(l => l.Amount).Should().Equal(1, 1, 2, 2, 2, 2, 2, 2);
        await release.CheckAsync(Scenario.Monday, Scenario.Monday.AddDays(7));
    }

    [Fact]
    public async Task The_rate_versions_of_a_run_are_compared_in_its_publishing_transaction()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday), Scenario.Event(2, Scenario.Monday.AddDays(1)));
        await scenario.CloseAsync(Scenario.Monday);

        var close = () => scenario.Engine.Days.CloseThroughAsync(Scenario.Monday.AddDays(1), new InlineProgress(p =>
        {
            if (p.Run is { StepNumber: 3, ChunksDone: 0 })
            {
                store.ExecuteAsync(
                    "INSERT INTO rate_versions (meter, scope, version, first_day, definition, in_force_from, is_superseding) VALUES "
                    + "('video.view', '', '2024-07', '2024-07-02', 'x', '2024-07-02', 0)").GetAwaiter().GetResult();
            }
        }));

        (await close.Should().ThrowAsync<CloseRefusedException>()).WithMessage(
            "*'video.view' 2024-07 has priced published days and is missing*");
        (await scenario.LinesAsync(Scenario.Monday.AddDays(1))).Should().BeEmpty();
    }

    [Fact]
    public async Task Instances_of_different_cultures_share_one_run()
    {
        await using var store = NewStore();
        var culture = CultureInfo.CurrentCulture;
        try
        {
            var day = Scenario.Monday;
            foreach (var (first, second) in new[] { ("en-US", "de-DE"), ("ar-SA", "fa-IR"), ("th-TH", "sv-SE") })
            {
                CultureInfo.CurrentCulture = new CultureInfo(first);
                await using (var stopped = await Scenario.StartAsync(store, Priced))
                {
                    await stopped.LoadAsync(Scenario.Event(day.Day, day, 1_001), Scenario.Event(100 + day.Day, day, 2, "v2"));
                    using var cancel = new CancellationTokenSource();
                    await stopped.Engine.Days.Invoking(d => d.CloseThroughAsync(
                            day, new InlineProgress(p => { if (p.Run.StepNumber == 2 && p.Run.ChunksDone == 1) cancel.Cancel(); }),
                            cancel.Token))
                        .Should().ThrowAsync<OperationCanceledException>();
                }

                CultureInfo.CurrentCulture = new CultureInfo(second);
                await using var resumed = await Scenario.StartAsync(store, Priced);
                await resumed.CloseAsync(day);
                await resumed.CheckAsync(Scenario.Monday, day);
                day = day.AddDays(1);
            }

            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            await using var end = await Scenario.StartAsync(store, Priced);
            (await end.Engine.Pipelines.ListRunsAsync(10)).Select(r => r.State).Should().Equal(
                RunState.Completed, RunState.Completed, RunState.Completed);
            (await end.LinesAsync()).Where(l => l.ItemId == "v1").Sum(l => l.Price!.ExactAmount).Should().Be(3_003 * 0.75m);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }

        static void Priced(SettlementBuilder s) =>
            s.Configure(o => (o.PartialsPerItemRange, o.Pipeline) = (1, new PipelineOptions { Workers = 1 }))
            .Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.USD, 0.75m).Round(Rounding.Cumulative));
    }

    private static void Configure(SettlementBuilder settlement, string foreign)
    {
        if (foreign == "calendar")
            settlement.Calendar("Europe/Berlin");
        settlement.Rates("video.view", r =>
        {
            r.Flat("1", new DateOnly(2024, 1, 1), Currency.KRW, foreign == "version changed" ? 2m : 1m);
            if (foreign != "version missing")
                r.Flat("2", Scenario.Monday.AddDays(1), Currency.KRW, 3m);
            if (foreign == "version backdated")
                r.Flat("3", Scenario.Monday.AddDays(2), Currency.KRW, 4m);
        });
        if (foreign != "source missing")
        {
            settlement.Source("plays", plays => plays
                .Table("video_play").Key("id").OccurredAt("played_at").Item("video_id").Payee("owner_id").Counts("video.seconds"));
        }
    }
}
