using Settlements.Pipelines;

namespace Settlements.Testing;

/// <summary>
/// A small settlement for crash tests: imports, three closed days, late events, a correction, reconciled rows, statements.
/// </summary>
public sealed class SmallSettlement(StoreUnderTest store) : ICrashSubject
{
    private static readonly UsageLoadOptions Chunks = new() { ChunkRows = 4 };

    private int _starts;

    private static DateOnly Tuesday => Scenario.Monday.AddDays(1);

    public async Task RunAsync(FaultPlan faults, CancellationToken cancellationToken)
    {
        await using var scenario = await Scenario.StartAsync(store, Configure, use: settlement => store.Use(settlement, faults));

        // A restarted process starts later: the leases of the stopped one have expired.
        scenario.Clock.Advance(TimeSpan.FromMinutes(1) * _starts++);
        await scenario.LoadAsync(Chunks, [.. Enumerable.Range(1, 9).Select(OnTime)]);
        await scenario.CloseAsync(Scenario.Monday);
        await scenario.LoadAsync(
            Chunks, Scenario.Event(101, Scenario.Monday, 4, "b"),
            Scenario.Event(102, Scenario.Monday, -2, "a") with { Reason = "bots", Reference = "T-1" }, OnTime(3),
            Scenario.Event(103, Tuesday, 30));
        if (await store.CountAsync("SELECT count(*) FROM usage_events WHERE quantity = 5000") == 0)
        {
            await store.ExecuteAsync(
                "INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity) VALUES "
                + $"({store.Literal(Scenario.Instant(Scenario.Monday, 3))}, X'{Scenario.Id(999):N}', 'video.view', 'a', 'q', 5000)");
        }

        await scenario.Engine.Reconciler.ReconcileAsync(
            new DateRange(Scenario.Monday, Scenario.Monday), cancellationToken: cancellationToken);
        await scenario.CloseAsync(Tuesday.AddDays(1));
        (await scenario.Engine.Statements.ReadAsync("p", CalendarPeriod.Week, Scenario.Monday, cancellationToken: cancellationToken))
            .PublishedDays
            .Should().Be(3);
    }

    public Task<string> DumpAsync(CancellationToken cancellationToken) => StoredRows.DumpAsync(store);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static UsageEvent OnTime(int i) => Scenario.Event(
        i, Scenario.Monday.AddDays(i % 3), i * 11, i % 2 == 0 ? "a" : "b", i % 4 == 0 ? "q" : "p", i % 5 == 0 ? "ad.view" : "video.view");

    private static void Configure(SettlementBuilder settlement)
    {
        // Several counter periods, a volume table and cumulative rounding: a close writes to every table.
        settlement.Rates("video.view", r => r.Graduated(
            "v", new DateOnly(2024, 1, 1), Currency.KRW, [(20, 1.1m), (null, 0.7m)], CounterPeriod.Month)
                .ForPayee("q", own => own.Flat("vip", new DateOnly(2024, 1, 1), Currency.KRW, 2.5m)).Round(Rounding.Cumulative))
            .Rates("ad.view", r => r.Volume("a", new DateOnly(2024, 1, 1), Currency.USD, [(60, 10m), (null, 5m)]));
        settlement.Configure(o =>
        {
            (o.ChunkRowsMax, o.PartialsPerItemRange, o.RankingSize) = (2, 2, 3);
            o.Pipeline = new PipelineOptions { Workers = 1, RetryDelay = TimeSpan.Zero, RetriesMax = 2 };
        });
    }
}
