using Settlements.Pipelines;
using Settlements.Testing;

namespace Settlements.WorkCounts;

/// <summary>Counts what a load, a write and a close cost, and compares with the recorded counts.</summary>
public abstract class WorkCountContract
{
    /// <summary>The name of the file with the counts.</summary>
    protected abstract string Store { get; }

    protected abstract StoreUnderTest NewStore();

    /// <summary>Configures the store with connections that are counted.</summary>
    protected abstract void Use(StoreUnderTest store, SettlementBuilder settlement);

    /// <summary>Returns the counts so far; the allocated bytes are added by the caller.</summary>
    protected abstract Task<WorkCount> ReadAsync();

    [Fact]
    public async Task The_work_of_each_operation_is_as_recorded()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, Configure, use: settlement => Use(store, settlement));
        var found = new List<(string, WorkCount)>();

        // The first day warms up: connections are opened, statements compiled, settings and versions recorded.
        await LiveAsync(scenario, Scenario.Monday, (_, action) => action());
        await LiveAsync(scenario, Scenario.Monday.AddDays(1), async (operation, action) =>
        {
            var before = await NowAsync();
            await action();
            found.Add((operation, await NowAsync() - before));
        });

        RecordedCounts.Check(Store, found);
    }

    private static async Task LiveAsync(Scenario scenario, DateOnly day, Func<string, Func<Task>, Task> run)
    {
        var first = (day.DayNumber - Scenario.Monday.DayNumber) * 10_000 + 1;
        var events = Enumerable.Range(first, 1_000).Select(i => Scenario.Event(i, day, 1 + i % 9, $"v{i % 50}", $"p{i % 7}")).ToArray();
        await run("load of 1,000 events in one chunk", () => scenario.LoadAsync(events));
        await run("load of the same events, all duplicates", () => scenario.LoadAsync(events));
        await run("write of one event", async () => await scenario.Engine.Writer.WriteAsync(Scenario.Event(first + 2_000, day)));
        await run("write of a batch of 100 events", async () => await scenario.Engine.Writer.WriteBatchAsync(
            [.. Enumerable.Range(first + 3_000, 100).Select(i => Scenario.Event(i, day))]));
        await run("close of a day of 1,101 events, 350 lines", () => scenario.CloseAsync(day));
        await run("close of the same day again", () => scenario.CloseAsync(day));
        await run("statements of all payees of a month", () => scenario.Engine.Statements.ReadAllAsync(CalendarPeriod.Month, day));
        await run("explanation of an item", () => scenario.Engine.Lines.ExplainAsync(day, "video.view", "v1"));
        await run("verification of the day", () => scenario.Engine.Verifier.VerifyAsync(new DateRange(day, day)));
        await run("reconciliation of the day", () => scenario.Engine.Reconciler.ReconcileAsync(new DateRange(day, day)));
        await run("reconciliation of the unchanged day", () => scenario.Engine.Reconciler.ReconcileAsync(new DateRange(day, day)));
    }

    private async Task<WorkCount> NowAsync() => await ReadAsync() with { Bytes = GC.GetTotalAllocatedBytes(precise: true) };

    /// <summary>One worker, and leases that are not renewed within the test: the counts don't depend on the machine's speed.</summary>
    private static void Configure(SettlementBuilder settlement)
    {
        Scenario.UsualRates(settlement);
        settlement.Configure(options => options.Pipeline = new PipelineOptions { Workers = 1, LeaseDuration = TimeSpan.FromHours(1) });
    }
}

/// <summary>The tests run alone in their process, since they count its allocations.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneInTheProcess
{
    public const string Name = "work counts";
}
