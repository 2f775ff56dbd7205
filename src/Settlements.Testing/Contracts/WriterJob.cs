using System.Collections.Concurrent;

namespace Settlements.Testing;

/// <summary>
/// A job of concurrent callers for crash tests: single events and batches, on time, late and duplicate. A restart writes only the calls
/// that were not acknowledged, so that an acknowledged event that is not stored stays missing.
/// </summary>
public sealed class WriterJob(StoreUnderTest store) : ICrashSubject
{
    private static readonly UsageEvent[][] Calls =
    [
        .. Enumerable.Range(1, 10).Select(i => new[] { Scenario.Event(i, Scenario.Monday.AddDays(i % 3), i) }),
        [Scenario.Event(20, Scenario.Monday), Scenario.Event(21, Scenario.Monday.AddDays(1)), Scenario.Event(
            1, Scenario.Monday.AddDays(1), 1)],
        [Scenario.Event(30, Scenario.Monday.AddDays(2)), Scenario.Event(31, Scenario.Monday)],
        [Scenario.Event(2, Scenario.Monday.AddDays(2), 2)],
    ];

    private readonly ConcurrentDictionary<int, bool> _acknowledged = [];

    private bool _isPrepared;

    public async Task RunAsync(FaultPlan faults, CancellationToken cancellationToken)
    {
        await PrepareAsync();
        await using var scenario = await Scenario.StartAsync(store, Configure, use: settlement => store.Use(settlement, faults));
        await Task.WhenAll(Enumerable.Range(0, Calls.Length).Where(call => !_acknowledged.ContainsKey(call)).Select(async call =>
        {
            await scenario.Engine.Writer.WriteBatchAsync(Calls[call], cancellationToken);
            _acknowledged[call] = true;
        }));
    }

    public async Task<string> DumpAsync(CancellationToken cancellationToken) => string.Join('\n', await store.ReadAsync(
        "SELECT event_id, occurred_at, meter, item_id, payee_id, quantity, posting_date FROM usage_events ORDER BY event_id"));

    public ValueTask DisposeAsync() => store.DisposeAsync();

    /// <summary>Closes Monday, so that its events are late; without injected faults.</summary>
    private async Task PrepareAsync()
    {
        if (_isPrepared)
            return;
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(100, Scenario.Monday));
        await scenario.CloseAsync(Scenario.Monday);
        _isPrepared = true;
    }

    private static void Configure(SettlementBuilder settlement)
    {
        Scenario.UsualRates(settlement);
        settlement.Configure(o => o.Writer = new UsageWriterOptions
        {
            GroupEventsMax = 4, QueueEventsMax = 6, RetriesMax = 1, RetryDelay = TimeSpan.Zero,
        });
    }
}
